package io.picomux.benchmarks.link;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.PicoMuxBuilder;
import java.util.concurrent.CompletableFuture;

/** Sessions whose callbacks run on the thread that reads. Stateless. */
public final class CallbackSessions {

  private CallbackSessions() {}

  /** Returns how they are made. */
  public static PicoMuxBuilder settings() {
    return PicoMux.builder().executor(Runnable::run);
  }

  /**
   * Serves streams as they come, without a thread for each or for the session.
   *
   * @param onEnd is called when the session is over
   */
  static void serve(PicoMux session, Runnable onEnd) {
    serveNext(session, new Object(), onEnd);
  }

  private static void serveNext(PicoMux session, Object lock, Runnable onEnd) {
    CompletableFuture<MuxStream> next = session.acceptAsync();
    // A loop for those that are there: callbacks that call each other need a deep stack.
    while (next.isDone() && !next.isCompletedExceptionally()) {
      CallbackService.serve(next.join(), lock);
      next = session.acceptAsync();
    }
    CompletableFuture<Void> unused =
        next.handle((stream, over) -> {
          if (stream == null) {
            // The client has closed its session; what went wrong for it, it reports.
            onEnd.run();
          } else {
            CallbackService.serve(stream, lock);
            serveNext(session, lock, onEnd);
          }
          return null;
        });
  }
}
