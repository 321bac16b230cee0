package io.picomux.simulation;

import io.picomux.testkit.VirtualClock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
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
  private final Streams streams;
  private final Oracle oracle;
  private final List<String> unanswered = new ArrayList<>();
  private @Nullable Throwable defect;
  private long events;
  private int performed;

  /**
   * Prepares a run.
   *
   * @param program what must hold
   * @param played what happens: the same program, except in tests of what must hold
   * @param change is shown the world before anything happens, for tests that break it
   */
  ProgramRun(Program program, Program played, Consumer<World> change) {
    this.program = program;
    this.world = World.of(played, e -> defect = defect == null ? e : defect);
    this.clock = world.clock;
    this.streams = new Streams(world);
    this.oracle = new Oracle(program, world, streams);
    for (Side side : Side.values()) {
      world.endpoint(side).onStream((tag, port) -> accepted(side, tag, port));
      long timeoutNanos = program.settings(side).timeoutMillis() * MILLI;
      world.hops().forEach(hop -> hop.watch(side).setTimeout(timeoutNanos));
    }
    change.accept(world);
  }

  /** Runs a program; returns what tells this run from another. */
  static RunResult run(Program program) {
    return new ProgramRun(program, program, world -> {}).run();
  }

  RunResult run() {
    try {
      return runToTheEnd();
    } finally {
      // After a finding, so that nothing of this world stays in the process.
      world.hops().forEach(Hop::abandon);
    }
  }

  private RunResult runToTheEnd() {
    long startNanos = clock.nowNanos();
    long lastMillis = 0;
    for (Step step : program.steps()) {
      clock.at(startNanos + step.atMillis() * MILLI, () -> perform(step));
      lastMillis = Math.max(lastMillis, step.atMillis());
    }
    runFor((lastMillis + 1) * MILLI);
    while (performed < program.steps().size()) {
      // Steps that a jump has overtaken.
      step();
    }
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
    streams.everyUser(user -> user.setReading(true));
    runFor(transferNanos());
    if (world.isAlive() && world.isIdle() && !program.has(Action.SILENCE)) {
      streams.directions(CreditOracle::checkAtRest);
    }
  }

  private void endDirections() {
    streams.everyUser(user -> user.finish(true));
    runFor(transferNanos() + livenessNanos() + endingsNanos());
    streams.everyUser(user -> {
      if (!user.isOver()) {
        throw new Finding(user + " still waits at " + clock.nowNanos() / MILLI + " ms");
      }
    });
    if (!unanswered.isEmpty()) {
      throw new Finding("no answer to " + unanswered);
    }
  }

  private void closeStreams() {
    streams.everyUser(StreamUser::close);
    runFor(endingsNanos());
    streams.pairs(oracle::judge);
    oracle.judgeUndelivered();
  }

  private void closeSessions() {
    for (Hop hop : world.hops()) {
      if (hop.isAlive()) {
        oracle.requireNothingLeft(hop);
      }
      for (Side side : Side.values()) {
        hop.endpoint(side).close();
      }
      runFor(livenessNanos() + endingsNanos());
      oracle.requireEnded(hop);
    }
    long last = events + 100_000;
    while (clock.nextEventNanos() < Long.MAX_VALUE) {
      step();
      if (events > last) {
        throw new Finding("the world does not stand still after the end of all sessions");
      }
    }
    oracle.requireNothingHeld();
  }

  private long endingsNanos() {
    return ENDINGS_NANOS * world.hops().size();
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
    long once =
        30 * SECOND
            + (long) (4 * (bytes + 32 * small) / bytesPerNano)
            + (bytes / 8192 + small) * roundTrip / 4;
    return once * world.hops().size() + faults;
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
    world.look();
    events++;
    if (defect instanceof Finding finding) {
      throw finding;
    }
    if (defect != null) {
      throw new Finding("a callback has thrown " + defect, defect);
    }
    if (events % EVENTS_PER_CHECK == 0) {
      oracle.checkFigures();
    }
    if (events > MOST_EVENTS) {
      throw new Finding("no rest after " + events + " events");
    }
  }

  // ---- the steps

  private void perform(Step step) {
    performed++;
    Endpoint mine = world.endpoint(step.side());
    Endpoint endpoint = world.hop(step).endpoint(step.side());
    switch (step.action()) {
      case OPEN -> open(step);
      case WRITE -> use(step, user -> user.write(step.amount(), step.detail()));
      case FINISH -> use(step, user -> user.finish(true));
      case FINISH_NOW -> use(step, user -> user.finish(false));
      case PAUSE -> use(step, user -> user.setReading(false));
      case RESUME -> use(step, user -> user.setReading(true));
      case CLOSE -> use(step, StreamUser::close);
      case RESET -> use(step, StreamUser::reset);
      case STOP_ACCEPTING -> mine.setAccepting(false);
      case ACCEPT -> mine.setAccepting(true);
      case PING -> {
        String name = "the PING of " + step;
        unanswered.add(name);
        endpoint.ping(() -> unanswered.remove(name));
      }
      case DEBLOAT -> endpoint.setDebloat(step.amount() == 1);
      case LIVENESS -> setLiveness(step);
      case CLOSE_SESSION -> {
        world.beforeClose(step);
        endpoint.close();
      }
      case DRAIN_SESSION -> {
        world.hop(step).noteClosing(step.side());
        endpoint.drain(step.amount());
      }
      case ABORT_SESSION -> endpoint.abort();
      case STALL, SILENCE, SUSPEND, JUMP, CUT, TRUNCATE -> world.fault(step);
    }
  }

  /** Sets it for the session that the application uses. */
  private void setLiveness(Step step) {
    Endpoint endpoint = world.endpoint(step.side());
    endpoint.setLiveness(step.amount(), step.detail());
    for (Hop hop : world.hops()) {
      if (hop.endpoint(step.side()).equals(endpoint)) {
        hop.watch(step.side()).setTimeout(step.detail() * MILLI);
      }
    }
  }

  private void open(Step step) {
    int number = step.stream();
    StreamUser user = new StreamUser(number, step.side(), true, clock, program.seed());
    streams.put(user);
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
    StreamUser user = user(side, ByteBuffer.wrap(tag).getInt());
    if (user.port() != null) {
      throw new Finding(user + " came twice");
    }
    user.start(port);
  }

  /** What the program wants of a stream that has not come yet is remembered by its user. */
  private void use(Step step, Consumer<StreamUser> action) {
    action.accept(user(step.side(), step.stream()));
  }

  private StreamUser user(Side side, int number) {
    return streams.user(side, number, n -> new StreamUser(n, side, false, clock, program.seed()));
  }
}
