package io.picomux;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Callers who wait for the answer to a PING. Safe for concurrent use. */
final class PendingPings {
  private record Pending(long number, CompletableFuture<Duration> future) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private final Executor executor;
  private @Nullable SessionException end;

  PendingPings(Executor executor) {
    this.executor = executor;
  }

  /** Adds a caller whose request is answered by the PING of this number. */
  CompletableFuture<Duration> add(long number) {
    CompletableFuture<Duration> future = new CompletableFuture<>();
    lock.lock();
    try {
      if (end != null) {
        future.completeExceptionally(end.again());
      } else {
        pending.add(new Pending(number, future));
      }
    } finally {
      lock.unlock();
    }
    return future;
  }

  /** PINGs up to this number were answered, the last of them after this time. */
  void answered(long number, Duration latency) {
    lock.lock();
    try {
      Pending first;
      while ((first = pending.peek()) != null && first.number <= number) {
        pending.remove();
        CompletableFuture<Duration> future = first.future;
        executor.execute(() -> future.complete(latency));
      }
    } finally {
      lock.unlock();
    }
  }

  void end(SessionException cause) {
    lock.lock();
    try {
      end = cause;
      for (Pending each : pending) {
        executor.execute(() -> each.future.completeExceptionally(cause.again()));
      }
      pending.clear();
    } finally {
      lock.unlock();
    }
  }
}
