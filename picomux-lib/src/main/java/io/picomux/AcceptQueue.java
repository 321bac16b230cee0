package io.picomux;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Streams that the peer has opened and callers who wait for one. Safe for concurrent use. */
final class AcceptQueue implements WakeUps.Sleeper {
  /** Fewer futures than this are not looked through for cancelled ones; chosen by judgement. */
  private static final int MIN_PRUNE_FUTURES = 16;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<MuxStream> streams = new ArrayDeque<>();
  private final ArrayDeque<CompletableFuture<MuxStream>> futures = new ArrayDeque<>();
  private final Session session;
  private final Executor executor;
  private int pruneAtFutures = MIN_PRUNE_FUTURES;
  private int platformWaiters;
  private @Nullable SessionException end;

  AcceptQueue(Session session, Executor executor) {
    this.session = session;
    this.executor = executor;
  }

  /** Adds a stream; a caller who waits gets it. */
  void add(MuxStream stream) {
    offer(stream, false);
  }

  private void offer(MuxStream stream, boolean first) {
    CompletableFuture<MuxStream> taker;
    boolean dropped = false;
    lock.lock();
    try {
      taker = nextTaker();
      if (taker == null) {
        dropped = isClosedHere();
        if (!dropped) {
          put(stream, first);
        }
      }
    } finally {
      lock.unlock();
    }
    if (taker != null) {
      executor.execute(() -> handOver(taker, stream));
    } else if (dropped) {
      stream.reset();
    }
  }

  private void put(MuxStream stream, boolean first) {
    if (first) {
      streams.addFirst(stream);
    } else {
      streams.addLast(stream);
    }
    boolean virtual = platformWaiters == 0 && lock.hasWaiters(changed);
    if (!virtual || !session.reader().wakeUps().later(this, true)) {
      changed.signal();
    }
  }

  @Override
  public void wake() {
    lock.lock();
    try {
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable CompletableFuture<MuxStream> nextTaker() {
    CompletableFuture<MuxStream> future;
    do {
      future = futures.poll();
    } while (future != null && future.isDone());
    return future;
  }

  /** A future may have been cancelled in the meantime: then the stream goes to the next caller. */
  private void handOver(CompletableFuture<MuxStream> future, MuxStream stream) {
    stream.markAccepted();
    if (!future.complete(stream)) {
      offer(stream, true);
    }
  }

  /** Waits for a change under the lock; returns false when the time is over. */
  private boolean await(long start, long timeoutNanos) throws InterruptedException {
    int platform = Thread.currentThread().isVirtual() ? 0 : 1;
    platformWaiters += platform;
    try {
      return Waits.await(session, lock, changed, start, timeoutNanos);
    } finally {
      platformWaiters -= platform;
    }
  }

  /**
   * Waits for a stream.
   *
   * @param timeoutNanos how long, {@link Long#MAX_VALUE} for as long as it takes
   */
  MuxStream take(long timeoutNanos) throws SessionException, InterruptedIOException {
    MuxStream stream;
    lock.lock();
    try {
      long start = System.nanoTime();
      while ((stream = streams.poll()) == null) {
        if (end != null) {
          throw end.again();
        }
        if (!await(start, timeoutNanos)) {
          throw new SocketTimeoutException(
              "no stream came within " + timeoutNanos / 1_000_000 + " ms");
        }
      }
    } catch (InterruptedException e) {
      throw Waits.interrupted("accept", 0);
    } finally {
      lock.unlock();
    }
    stream.markAccepted();
    return stream;
  }

  CompletableFuture<MuxStream> takeAsync() {
    CompletableFuture<MuxStream> future = new CompletableFuture<>();
    MuxStream stream;
    lock.lock();
    try {
      stream = streams.poll();
      if (stream == null) {
        if (end != null) {
          future.completeExceptionally(end.again());
        } else {
          prune();
          futures.add(future);
        }
      }
    } finally {
      lock.unlock();
    }
    if (stream != null) {
      stream.markAccepted();
      future.complete(stream);
    }
    return future;
  }

  /** Drops cancelled futures each time their number may have doubled, so that few are kept. */
  private void prune() {
    if (futures.size() >= pruneAtFutures) {
      futures.removeIf(CompletableFuture::isDone);
      pruneAtFutures = Math.max(MIN_PRUNE_FUTURES, 2 * futures.size());
    }
  }

  /**
   * The session is over, or begins to close. Streams that have come can still be taken and read to
   * where their data ends, unless it was this side that closed them all: then nobody will take
   * them, which their openers are to know, and what they hold is given free.
   */
  void end(SessionException cause) {
    List<CompletableFuture<MuxStream>> left;
    List<MuxStream> dropped = List.of();
    lock.lock();
    try {
      end = cause;
      changed.signalAll();
      left = List.copyOf(futures);
      futures.clear();
      if (isClosedHere()) {
        dropped = List.copyOf(streams);
        streams.clear();
      }
    } finally {
      lock.unlock();
    }
    dropped.forEach(MuxStream::reset);
    left.forEach(future -> executor.execute(() -> future.completeExceptionally(cause.again())));
  }

  private boolean isClosedHere() {
    return end != null
        && switch (end.reason()) {
          case CLOSED, ABORTED, OVERLOADED -> true;
          case PEER_CLOSED,
              TRUNCATED,
              TIMED_OUT,
              PROTOCOL_VIOLATION,
              TRANSPORT_FAILED,
              INTERNAL_ERROR ->
              false;
        };
  }
}
