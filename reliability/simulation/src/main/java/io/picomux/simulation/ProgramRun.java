package io.picomux.simulation;

import io.picomux.testkit.VirtualClock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs one program and holds what must hold in it; a {@link Finding} says what did not. Not
 * thread-safe.
 *
 * <p>After the steps of the program come: rest, in which both sides must know the same credit; the
 * end of every direction, after which no application may still wait; the close of every stream,
 * after which nothing may be left in the sessions; and the close of the sessions, after which the
 * world must stand still.
 */
final class ProgramRun {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;

  /** Checks of the figures: each so many events, as they cost more than an event. */
  private static final int EVENTS_PER_CHECK = 64;

  /** A run of this many events does not come to rest; the largest programs need a tenth. */
  private static final long MOST_EVENTS = 20_000_000;

  /**
   * What streams may take beyond the transfer itself: lingering after close, a peer that is gone, a
   * FIN that is held, the end of a session.
   */
  private static final long ENDINGS_NANOS = 120 * SECOND;

  private final Program program;
  private final World world;
  private final VirtualClock clock;
  private final Oracle oracle;
  private final Map<Side, Map<Integer, StreamUser>> users = new EnumMap<>(Side.class);
  private final List<String> unanswered = new ArrayList<>();
  private @Nullable Throwable defect;
  private long events;

  /**
   * Prepares a run.
   *
   * @param change is shown the world before anything happens, for tests that break it
   */
  ProgramRun(Program program, Consumer<World> change) {
    this.program = program;
    this.world = World.of(program, e -> defect = defect == null ? e : defect);
    this.clock = world.simulation.clock();
    this.oracle = new Oracle(program, world);
    for (Side side : Side.values()) {
      users.put(side, new TreeMap<>());
      world.endpoint(side).onStream((tag, port) -> accepted(side, tag, port));
    }
    change.accept(world);
  }

  /** Runs a program; returns what tells this run from another. */
  static RunResult run(Program program) {
    return run(program, world -> {});
  }

  static RunResult run(Program program, Consumer<World> change) {
    return new ProgramRun(program, change).run();
  }

  RunResult run() {
    long lastMillis = 0;
    for (Step step : program.steps()) {
      clock.at(step.atMillis() * MILLI, () -> perform(step));
      lastMillis = Math.max(lastMillis, step.atMillis());
    }
    runFor((lastMillis + 1) * MILLI);
    rest();
    endDirections();
    closeStreams();
    closeSessions();
    return new RunResult(world.simulation.digest(), clock.nowNanos(), events);
  }

  // ---- the phases

  private void rest() {
    for (Side side : Side.values()) {
      world.endpoint(side).setAccepting(true);
    }
    everyUser(user -> user.setReading(true));
    runFor(transferNanos());
    if (bothAlive() && world.isIdle()) {
      pairs(oracle::requireEqualCredit);
    }
  }

  private void endDirections() {
    everyUser(user -> user.finish(true));
    runFor(transferNanos() + livenessNanos() + ENDINGS_NANOS);
    everyUser(user -> {
      if (!user.isOver()) {
        throw new Finding(user + " still waits at " + clock.nowNanos() / MILLI + " ms");
      }
    });
    if (!unanswered.isEmpty()) {
      throw new Finding("no answer to " + unanswered);
    }
  }

  private void closeStreams() {
    everyUser(StreamUser::close);
    runFor(ENDINGS_NANOS);
    pairs(oracle::judge);
    if (bothAlive()) {
      for (Side side : Side.values()) {
        oracle.requireNothingLeft(side);
      }
    }
  }

  private void closeSessions() {
    for (Side side : Side.values()) {
      world.endpoint(side).close();
    }
    runFor(livenessNanos() + ENDINGS_NANOS);
    for (Side side : Side.values()) {
      oracle.requireEnded(side);
    }
    long last = events + 100_000;
    while (clock.nextEventNanos() < Long.MAX_VALUE) {
      step();
      if (events > last) {
        throw new Finding("the world does not stand still after the end of both sessions");
      }
    }
    oracle.requireNothingHeld();
  }

  private boolean bothAlive() {
    return world.endpoint(Side.CLIENT).end() == null && world.endpoint(Side.SERVER).end() == null;
  }

  /** What the bytes of the program may take, with small windows on a slow link. */
  private long transferNanos() {
    long bytes = program.sum(Action.WRITE);
    long small =
        program.steps().stream()
            .filter(step -> step.action() == Action.WRITE)
            .mapToLong(step -> step.amount() / Math.max(1, Math.min(step.detail(), 8192)))
            .sum();
    double bytesPerNano = program.link().bytesPerSecond() / 1e9;
    long roundTrip =
        2 * program.link().latencyNanos() + 2 * program.callbackDelayNanos() + 20 * MILLI;
    long faults =
        (program.sum(Action.STALL) + program.sum(Action.SUSPEND) + program.sum(Action.JUMP))
            * MILLI;
    return 30 * SECOND
        + (long) (4 * (bytes + 32 * small) / bytesPerNano)
        + (bytes / 8192 + small) * roundTrip / 4
        + faults;
  }

  /** Within this time a session knows that its peer is gone. */
  private long livenessNanos() {
    long millis = 0;
    for (Side side : Side.values()) {
      EndSettings settings = program.settings(side);
      millis = Math.max(millis, settings.pingMillis() + 3 * settings.timeoutMillis());
    }
    for (Step step : program.steps()) {
      if (step.action() == Action.LIVENESS) {
        millis = Math.max(millis, step.amount() + 3 * step.detail());
      }
    }
    return millis * MILLI;
  }

  private void runFor(long nanos) {
    long end = clock.nowNanos() + nanos;
    while (clock.nextEventNanos() <= end) {
      step();
    }
    clock.runUntil(end);
    oracle.checkFigures();
  }

  private void step() {
    clock.step();
    events++;
    if (defect instanceof Finding finding) {
      throw finding;
    }
    if (defect != null) {
      throw new Finding("a callback has thrown " + defect, defect);
    }
    if (events % EVENTS_PER_CHECK == 0) {
      oracle.checkFigures();
      if (bothAlive()) {
        pairs(oracle::checkCredit);
      }
    }
    if (events > MOST_EVENTS) {
      throw new Finding("no rest after " + events + " events");
    }
  }

  // ---- the steps

  private void perform(Step step) {
    Endpoint endpoint = world.endpoint(step.side());
    switch (step.action()) {
      case OPEN -> open(step);
      case WRITE -> user(step, user -> user.write(step.amount(), step.detail()));
      case FINISH -> user(step, user -> user.finish(true));
      case FINISH_NOW -> user(step, user -> user.finish(false));
      case PAUSE -> user(step, user -> user.setReading(false));
      case RESUME -> user(step, user -> user.setReading(true));
      case CLOSE -> user(step, StreamUser::close);
      case RESET -> user(step, StreamUser::reset);
      case STOP_ACCEPTING -> endpoint.setAccepting(false);
      case ACCEPT -> endpoint.setAccepting(true);
      case PING -> {
        String name = "the PING of " + step;
        unanswered.add(name);
        endpoint.ping(() -> unanswered.remove(name));
      }
      case DEBLOAT -> endpoint.setDebloat(step.amount() == 1);
      case LIVENESS -> endpoint.setLiveness(step.amount(), step.detail());
      case CLOSE_SESSION -> endpoint.close();
      case DRAIN_SESSION -> endpoint.drain(step.amount());
      case ABORT_SESSION -> endpoint.abort();
      case STALL, SILENCE, SUSPEND, JUMP, CUT, TRUNCATE -> world.fault(step);
    }
  }

  private void open(Step step) {
    int number = step.stream();
    StreamUser user = new StreamUser(number, step.side(), true, clock, program.seed());
    users(step.side()).put(number, user);
    String name = "the open of " + step;
    unanswered.add(name);
    world
        .endpoint(step.side())
        .open(
            ByteBuffer.allocate(4).putInt(number).array(),
            port -> {
              unanswered.remove(name);
              user.start(port);
            });
  }

  private void accepted(Side side, byte[] tag, StreamPort port) {
    if (tag.length != 4) {
      throw new Finding("metadata of 4 bytes came as " + tag.length + " bytes");
    }
    StreamUser user = userOf(side, ByteBuffer.wrap(tag).getInt());
    if (user.port() != null) {
      throw new Finding(user + " came twice");
    }
    user.start(port);
  }

  /** What the program wants of a stream that has not come yet is remembered by its user. */
  private void user(Step step, Consumer<StreamUser> action) {
    action.accept(userOf(step.side(), step.stream()));
  }

  private StreamUser userOf(Side side, int number) {
    return users(side)
        .computeIfAbsent(number, n -> new StreamUser(n, side, false, clock, program.seed()));
  }

  private Map<Integer, StreamUser> users(Side side) {
    return Objects.requireNonNull(users.get(side));
  }

  private void everyUser(Consumer<StreamUser> action) {
    for (Side side : Side.values()) {
      List.copyOf(users(side).values()).forEach(action);
    }
  }

  /** Calls for each direction of each stream that has two ends: the sender first. */
  private void pairs(BiConsumer<StreamUser, StreamUser> action) {
    for (StreamUser near : users(Side.CLIENT).values()) {
      StreamUser far = users(Side.SERVER).get(near.number());
      if (far != null && near.port() != null && far.port() != null) {
        action.accept(near, far);
        action.accept(far, near);
      }
    }
  }
}
