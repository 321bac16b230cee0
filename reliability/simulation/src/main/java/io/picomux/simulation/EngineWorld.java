package io.picomux.simulation;

import io.picomux.testkit.Simulation;
import java.util.List;
import java.util.function.Consumer;

/** Sessions of the library over simulated links; one of them, unless it is said otherwise. */
class EngineWorld extends World {
  private final List<EngineHop> connections;

  EngineWorld(Simulation simulation, Program program, Consumer<Throwable> onDefect) {
    this(simulation, List.of(EngineHop.connect(simulation, program, onDefect)));
  }

  EngineWorld(Simulation simulation, List<EngineHop> connections) {
    super(simulation);
    this.connections = connections;
  }

  /** Returns the session over the link that a session needs. */
  EngineHop connection(int hop) {
    return connections.get(hop);
  }

  @Override
  List<Hop> hops() {
    return List.copyOf(connections);
  }

  @Override
  Endpoint endpoint(Side side) {
    return connections.get(0).endpoint(side);
  }

  @Override
  void stall(int hop, Side from, long nanos) {
    connection(hop).link(from).stall(nanos);
  }

  @Override
  void silence(int hop, Side from) {
    connection(hop).link(from).silence();
  }

  @Override
  void cut(int hop) {
    connection(hop).connection.cut();
  }

  @Override
  void truncate(int hop) {
    connection(hop).connection.truncate();
  }

  @Override
  void suspend(int hop, Side side, long nanos) {
    connection(hop).suspend(side, nanos);
    absent(hop, side, nanos);
  }
}
