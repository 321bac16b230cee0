package io.picomux.simulation;

import io.picomux.testkit.Simulation;
import java.util.List;
import java.util.function.Consumer;

/**
 * A session of the client with a relay, and one of the relay with the server: the relay is the
 * server of the first and the client of the second. Not thread-safe.
 */
final class RelayWorld extends EngineWorld {
  private final Relay relay;

  RelayWorld(Simulation simulation, Program program, Consumer<Throwable> onDefect) {
    super(
        simulation,
        List.of(
            EngineHop.connect(simulation, program, onDefect),
            EngineHop.connect(simulation, program, onDefect)));
    relay = new Relay(hops().get(0).endpoint(Side.SERVER), hops().get(1).endpoint(Side.CLIENT));
  }

  @Override
  Relay relay() {
    return relay;
  }

  @Override
  Endpoint endpoint(Side side) {
    return hops().get(side == Side.CLIENT ? 0 : 1).endpoint(side);
  }

  private static boolean isRelay(int hop, Side side) {
    return (hop == 0) == (side == Side.SERVER);
  }

  /** A relay resets what is under way before it closes a session, as a tunnel does. */
  @Override
  void beforeClose(Step step) {
    super.beforeClose(step);
    int hop = hops().indexOf(hop(step));
    if (isRelay(hop, step.side())) {
      relay.beforeClose(hop);
    }
  }

  /** The relay is one process with two ends. */
  @Override
  void suspend(int hop, Side side, long nanos) {
    super.suspend(hop, side, nanos);
    if (isRelay(hop, side)) {
      super.suspend(1 - hop, side.peer(), nanos);
    }
  }
}
