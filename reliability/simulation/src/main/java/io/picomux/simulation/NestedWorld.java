package io.picomux.simulation;

import io.picomux.MuxStream;
import io.picomux.testkit.NestedSession;
import io.picomux.testkit.Simulation;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A session inside a stream of another; applications use the inner one. Not thread-safe. */
final class NestedWorld extends EngineWorld {
  private final EngineHop outer;
  private final NestedSession innerClient;
  private final NestedSession innerServer;
  private final Hop inner;

  NestedWorld(Simulation simulation, Program program, Consumer<Throwable> onDefect) {
    super(simulation, List.of(EngineHop.connect(simulation, program, onDefect)));
    outer = connection(0);
    CompletableFuture<MuxStream> opened = outer.connection.client().openAsync(new byte[0]);
    CompletableFuture<MuxStream> accepted = outer.connection.server().acceptAsync();
    while (!opened.isDone() || !accepted.isDone()) {
      if (!clock.step()) {
        throw new Finding("no stream for the inner session");
      }
      outer.look();
    }
    innerClient = simulation.over(opened.join(), builder(program.client()));
    innerServer = simulation.over(accepted.join(), builder(program.server()));
    inner =
        new Hop(
            clock,
            new EngineEndpoint(innerClient.mux(), onDefect),
            new EngineEndpoint(innerServer.mux(), onDefect)) {
          @Override
          long sentBytes(Side from) {
            // A new session has sent nothing yet.
            return 0;
          }

          @Override
          long deliveredBytes(Side from) {
            return nested(from.peer()).deliveredBytes();
          }

          @Override
          boolean isIdle() {
            return outer.isIdle();
          }

          @Override
          void intercept(Side from, UnaryOperator<byte[]> interceptor) {
            nested(from).tamper(interceptor);
          }
        };
  }

  private NestedSession nested(Side side) {
    return side == Side.CLIENT ? innerClient : innerServer;
  }

  @Override
  EngineHop connection(int hop) {
    return super.connection(0);
  }

  /** First the inner session, then the outer one. */
  @Override
  List<Hop> hops() {
    return List.of(inner, outer);
  }

  @Override
  Endpoint endpoint(Side side) {
    return inner.endpoint(side);
  }

  @Override
  Hop carrier(Hop hop) {
    return outer;
  }

  @Override
  void suspend(int hop, Side side, long nanos) {
    outer.suspend(side, nanos);
    nested(side).suspend(nanos);
    absent(0, side, nanos);
    absent(1, side, nanos);
  }
}
