package io.picomux;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Callers who wait for the answer to a PING. Safe for concurrent use. */
final class PendingPings {
  /** Fewer callers than this are not looked through for cancelled ones; chosen by judgement. */
  private static final int MIN_PRUNE_CALLERS = 16;

  private record Pending(long number, CompletableFuture<Duration> future) {}

  /** PINGs up to this number were answered, the last of them after this time. */
  private record Answer(long number, Duration latency) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private final Executor executor;
  private volatile @Nullable Answer answer;
  private volatile long toldNumber;
  private int pruneAtCallers = MIN_PRUNE_CALLERS;
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
        prune();
        pending.add(new Pending(number, future));
      }
    } finally {
      lock.unlock();
    }
    return future;
  }

  /** Drops cancelled callers each time their number may have doubled, so that few are kept. */
  private void prune() {
    if (pending.size() >= pruneAtCallers) {
      pending.removeIf(each -> each.future.isDone());
      pruneAtCallers = Math.max(MIN_PRUNE_CALLERS, 2 * pending.size());
    }
  }

  /**
   * Notes that PINGs up to this number were answered, the last of them after this time. The callers
   * hear of it by {@link #tell}, as this is known under the session's lock.
   */
  void note(long number, Duration latency) {
    answer = new Answer(number, latency);
  }

  /** Completes the futures that were served by what was noted; called without any lock. */
  void tell() {
    Answer latest = answer;
    if (latest == null || latest.number <= toldNumber) {
      return;
    }
    List<CompletableFuture<Duration>> served = new ArrayList<>();
    lock.lock();
    try {
      toldNumber = Math.max(toldNumber, latest.number);
      Pending first;
      while ((first = pending.peek()) != null && first.number <= latest.number) {
        pending.remove();
        served.add(first.future);
      }
    } finally {
      lock.unlock();
    }
    served.forEach(future -> executor.execute(() -> future.complete(latest.latency)));
  }

  void end(SessionException cause) {
    List<Pending> left;
    lock.lock();
    try {
      end = cause;
      left = List.copyOf(pending);
      pending.clear();
    } finally {
      lock.unlock();
    }
    left.forEach(each -> executor.execute(() -> each.future.completeExceptionally(cause.again())));
  }
}
