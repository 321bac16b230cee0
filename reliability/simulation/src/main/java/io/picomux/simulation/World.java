package io.picomux.simulation;

import io.picomux.PicoMux;
import io.picomux.PicoMuxBuilder;
import io.picomux.core.MuxConfig;
import io.picomux.testkit.Simulation;
import io.picomux.testkit.VirtualClock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The two ends of a program and what is between them. Not thread-safe. */
abstract class World {
  final Simulation simulation;
  final VirtualClock clock;
  private final Blockages blockages = new Blockages();

  World(Simulation simulation) {
    this.simulation = simulation;
    this.clock = simulation.clock();
  }

  /**
   * Makes the world of a program. Time may pass until it is ready.
   *
   * @param onDefect is told of what callbacks throw
   */
  static World of(Program program, Consumer<Throwable> onDefect) {
    Simulation simulation = new Simulation(program.seed());
    simulation.keepTranscript(false);
    simulation.delayCallbacks(program.callbackDelayNanos());
    World world =
        switch (program.kind()) {
          case CORE -> new CoreWorld(simulation, program);
          case ENGINE -> new EngineWorld(simulation, program, onDefect);
          case RELAY -> new RelayWorld(simulation, program, onDefect);
          case NESTED -> new NestedWorld(simulation, program, onDefect);
        };
    world.hops().forEach(Hop::observe);
    return world;
  }

  static PicoMuxBuilder builder(EndSettings settings) {
    MuxConfig config = settings.config();
    PicoMuxBuilder builder =
        PicoMux.builder()
            .limits(config.limits())
            .liveness(config.liveness())
            .finMode(config.finMode())
            .windowPolicy(config.windowPolicy())
            .debloat(config.debloat());
    return settings.offer() ? builder : builder.crateProfile();
  }

  /** Returns the sessions, in the order in which they are closed. */
  abstract List<Hop> hops();

  /** Returns the end at which the application of a side uses its streams. */
  abstract Endpoint endpoint(Side side);

  /** Returns what is between the client's session and the server's, or null when it is one. */
  @Nullable Relay relay() {
    return null;
  }

  /** Returns the session that a step means. */
  final Hop hop(Step step) {
    return hops().get((int) (step.detail() % hops().size()));
  }

  final Blockages blockages() {
    return blockages;
  }

  final boolean isIdle() {
    return hops().stream().allMatch(Hop::isIdle);
  }

  final boolean isAlive() {
    return hops().stream().allMatch(Hop::isAlive);
  }

  /** Lets the client's end of its session get something wrong. */
  final void tamper(UnaryOperator<byte[]> change) {
    hops().get(0).tamper(Side.CLIENT, change);
  }

  /** Sees what has come since the last call; to be called after each event. */
  final void look() {
    for (Hop hop : hops()) {
      hop.look();
    }
  }

  /** A step closes a session. */
  void beforeClose(Step step) {
    hop(step).noteClosing(step.side());
  }

  /** Carries out a fault of a program. */
  final void fault(Step step) {
    int index = (int) (step.detail() % hops().size());
    long from = clock.nowNanos();
    long nanos = TimeUnit.MILLISECONDS.toNanos(step.amount());
    switch (step.action()) {
      case STALL -> {
        stall(index, step.side(), nanos);
        block(index, from, nanos);
      }
      case SILENCE -> {
        silence(index, step.side());
        block(index, from, Long.MAX_VALUE - from);
      }
      case SUSPEND -> suspend(index, step.side(), nanos);
      case JUMP -> {
        clock.jump(nanos);
        hops()
            .forEach(hop -> {
              hop.watch(Side.CLIENT).absent(from, clock.nowNanos());
              hop.watch(Side.SERVER).absent(from, clock.nowNanos());
            });
      }
      case CUT -> cut(index);
      case TRUNCATE -> truncate(index);
      default -> throw new IllegalArgumentException("no fault: " + step);
    }
  }

  /** Notes that bytes may not get through on a link, in either direction. */
  final void block(int index, long fromNanos, long nanos) {
    Hop blocked = carrier(hops().get(index));
    for (Hop hop : hops()) {
      if (carrier(hop).equals(blocked)) {
        blockages.add(hop, fromNanos, fromNanos + nanos);
      }
    }
  }

  /** Notes that the process behind one end of a session stands still. */
  final void absent(int hop, Side side, long nanos) {
    long from = clock.nowNanos();
    hops().get(hop).watch(side).absent(from, from + nanos);
    blockages.add(hops().get(hop), from, from + nanos);
  }

  /** Returns the session in whose stream a session is, or the session itself. */
  Hop carrier(Hop hop) {
    return hop;
  }

  abstract void stall(int hop, Side from, long nanos);

  abstract void silence(int hop, Side from);

  abstract void cut(int hop);

  abstract void truncate(int hop);

  /** Lets a process stand still. */
  abstract void suspend(int hop, Side side, long nanos);
}
