package io.picomux.simulation;

import io.picomux.testkit.SimulatedConnection;
import io.picomux.testkit.SimulatedLink;
import io.picomux.testkit.Simulation;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A session of the library over a simulated link. Not thread-safe. */
final class EngineHop extends Hop {
  final SimulatedConnection connection;

  EngineHop(Simulation simulation, SimulatedConnection connection, Consumer<Throwable> onDefect) {
    super(
        simulation.clock(),
        new EngineEndpoint(connection.client(), onDefect),
        new EngineEndpoint(connection.server(), onDefect));
    this.connection = connection;
  }

  /** Connects two new sessions with the settings of a program. */
  static EngineHop connect(Simulation simulation, Program program, Consumer<Throwable> onDefect) {
    SimulatedConnection connection =
        simulation.connect(
            World.builder(program.client()), World.builder(program.server()), program.link());
    return new EngineHop(simulation, connection, onDefect);
  }

  SimulatedLink link(Side from) {
    return from == Side.CLIENT ? connection.toServer() : connection.toClient();
  }

  void suspend(Side side, long nanos) {
    if (side == Side.CLIENT) {
      connection.suspendClient(nanos);
    } else {
      connection.suspendServer(nanos);
    }
  }

  @Override
  long sentBytes(Side from) {
    return link(from).sentBytes();
  }

  @Override
  long deliveredBytes(Side from) {
    return link(from).deliveredBytes();
  }

  @Override
  boolean isIdle() {
    return connection.isIdle();
  }

  @Override
  void intercept(Side from, UnaryOperator<byte[]> interceptor) {
    link(from).tamper(interceptor);
  }
}
