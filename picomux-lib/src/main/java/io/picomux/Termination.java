package io.picomux;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The end of a session: the first cause wins. Safe for concurrent use. */
final class Termination {
  private final AtomicReference<@Nullable SessionException> cause = new AtomicReference<>();
  private final CountDownLatch complete = new CountDownLatch(1);
  private final SharedFuture<SessionException> future = new SharedFuture<>();
  private final Executor executor;

  Termination(Executor executor) {
    this.executor = executor;
  }

  /** Sets the cause; returns false when there was one already. */
  boolean begin(SessionException newCause) {
    return cause.compareAndSet(null, newCause);
  }

  /** Everything that the session held is given back. */
  void complete(SessionException theCause) {
    complete.countDown();
    executor.execute(() -> future.end(theCause));
  }

  @Nullable SessionException cause() {
    return cause.get();
  }

  boolean await(long nanos) throws InterruptedException {
    return complete.await(nanos, TimeUnit.NANOSECONDS);
  }

  /** Returns the one future for all callers, which none of them can complete. */
  CompletableFuture<SessionException> future() {
    return future;
  }
}
