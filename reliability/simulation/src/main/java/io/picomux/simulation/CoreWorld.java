package io.picomux.simulation;

import io.picomux.testkit.SimulatedLink;
import io.picomux.testkit.SimulatedPair;
import io.picomux.testkit.Simulation;
import java.util.List;
import java.util.function.UnaryOperator;

/** Two bare cores. Not thread-safe. */
final class CoreWorld extends World {
  private final SimulatedPair pair;
  private final Hop hop;

  CoreWorld(Simulation simulation, Program program) {
    super(simulation);
    pair =
        simulation.connectCores(
            program.client().config(), program.server().config(), program.link());
    hop =
        new Hop(
            clock,
            new CoreEndpoint(pair.client(), clock, program.client()),
            new CoreEndpoint(pair.server(), clock, program.server())) {
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
            return link(Side.CLIENT).isIdle() && link(Side.SERVER).isIdle();
          }

          @Override
          void intercept(Side from, UnaryOperator<byte[]> interceptor) {
            link(from).tamper(interceptor);
          }
        };
  }

  private SimulatedLink link(Side from) {
    return from == Side.CLIENT ? pair.toServer() : pair.toClient();
  }

  @Override
  List<Hop> hops() {
    return List.of(hop);
  }

  @Override
  Endpoint endpoint(Side side) {
    return hop.endpoint(side);
  }

  @Override
  void stall(int index, Side from, long nanos) {
    link(from).stall(nanos);
  }

  @Override
  void silence(int index, Side from) {
    link(from).silence();
  }

  @Override
  void cut(int index) {
    pair.cut();
  }

  @Override
  void truncate(int index) {
    pair.truncate();
  }

  /** A bare core has no process: what would reach it is held up instead. */
  @Override
  void suspend(int index, Side side, long nanos) {
    link(side.peer()).stall(nanos);
    block(index, clock.nowNanos(), nanos);
  }
}
