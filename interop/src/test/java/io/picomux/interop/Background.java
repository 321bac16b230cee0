package io.picomux.interop;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Work on a virtual thread of its own. Safe for concurrent use.
 *
 * @param <T> what it yields
 */
final class Background<T> {

  private final FutureTask<T> task;

  private Background(Callable<T> work) {
    task = new FutureTask<>(work);
  }

  static <T> Background<T> start(Callable<T> work) {
    Background<T> background = new Background<>(work);
    Thread.ofVirtual().name("interop-background").start(background.task);
    return background;
  }

  boolean isDone() {
    return task.isDone();
  }

  /** Waits for the end of the work; its failure is thrown here. */
  T result() throws IOException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for work in the background", e);
    }
  }
}
