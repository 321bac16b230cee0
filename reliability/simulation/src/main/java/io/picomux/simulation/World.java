package io.picomux.simulation;

import io.picomux.PicoMux;
import io.picomux.PicoMuxBuilder;
import io.picomux.core.MuxConfig;
import io.picomux.testkit.SimulatedConnection;
import io.picomux.testkit.SimulatedLink;
import io.picomux.testkit.SimulatedPair;
import io.picomux.testkit.Simulation;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** The two ends of a program and what is between them. Not thread-safe. */
abstract class World {
  final Simulation simulation;

  World(Simulation simulation) {
    this.simulation = simulation;
  }

  /**
   * Makes the world of a program.
   *
   * @param onDefect is told of what callbacks throw
   */
  static World of(Program program, Consumer<Throwable> onDefect) {
    Simulation simulation = new Simulation(program.seed());
    simulation.delayCallbacks(program.callbackDelayNanos());
    return switch (program.kind()) {
      case CORE -> new Cores(simulation, program);
      case ENGINE -> new Engines(simulation, program, onDefect);
    };
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

  abstract Endpoint endpoint(Side side);

  /** Returns the direction that a side sends on. */
  abstract SimulatedLink link(Side from);

  abstract void cut();

  abstract void truncate();

  abstract void suspend(Side side, long nanos);

  final boolean isIdle() {
    return link(Side.CLIENT).isIdle() && link(Side.SERVER).isIdle();
  }

  final void tamper(Side from, UnaryOperator<byte[]> change) {
    link(from).tamper(change);
  }

  /** Carries out a fault of a program. */
  final void fault(Step step) {
    long nanos = TimeUnit.MILLISECONDS.toNanos(step.amount());
    switch (step.action()) {
      case STALL -> link(step.side()).stall(nanos);
      case SILENCE -> link(step.side()).silence();
      case SUSPEND -> suspend(step.side(), nanos);
      case JUMP -> simulation.clock().jump(nanos);
      case CUT -> cut();
      case TRUNCATE -> truncate();
      default -> throw new IllegalArgumentException("no fault: " + step);
    }
  }

  private static final class Cores extends World {
    private final SimulatedPair pair;
    private final CoreEndpoint client;
    private final CoreEndpoint server;

    Cores(Simulation simulation, Program program) {
      super(simulation);
      pair =
          simulation.connectCores(
              program.client().config(), program.server().config(), program.link());
      client = new CoreEndpoint(pair.client(), simulation.clock(), program.client());
      server = new CoreEndpoint(pair.server(), simulation.clock(), program.server());
    }

    @Override
    Endpoint endpoint(Side side) {
      return side == Side.CLIENT ? client : server;
    }

    @Override
    SimulatedLink link(Side from) {
      return from == Side.CLIENT ? pair.toServer() : pair.toClient();
    }

    @Override
    void cut() {
      pair.cut();
    }

    @Override
    void truncate() {
      pair.truncate();
    }

    /** A bare core has no process: what would reach it is held up instead. */
    @Override
    void suspend(Side side, long nanos) {
      link(side.peer()).stall(nanos);
    }
  }

  private static final class Engines extends World {
    private final SimulatedConnection connection;
    private final EngineEndpoint client;
    private final EngineEndpoint server;

    Engines(Simulation simulation, Program program, Consumer<Throwable> onDefect) {
      super(simulation);
      connection =
          simulation.connect(builder(program.client()), builder(program.server()), program.link());
      client = new EngineEndpoint(connection.client(), onDefect);
      server = new EngineEndpoint(connection.server(), onDefect);
    }

    @Override
    Endpoint endpoint(Side side) {
      return side == Side.CLIENT ? client : server;
    }

    @Override
    SimulatedLink link(Side from) {
      return from == Side.CLIENT ? connection.toServer() : connection.toClient();
    }

    @Override
    void cut() {
      connection.cut();
    }

    @Override
    void truncate() {
      connection.truncate();
    }

    @Override
    void suspend(Side side, long nanos) {
      if (side == Side.CLIENT) {
        connection.suspendClient(nanos);
      } else {
        connection.suspendServer(nanos);
      }
    }
  }
}
