package io.picomux;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A future that many callers share, and that none of them can complete: a copy for each of them,
 * which {@link CompletableFuture} keeps until it is complete, would be memory for each call. What
 * completes it for one caller's purpose gives that caller a copy. Safe for concurrent use.
 */
final class SharedFuture<T> extends CompletableFuture<T> {
  /** Completes it. */
  void end(T value) {
    super.complete(value);
  }

  /** Does nothing. */
  @Override
  public boolean complete(T value) {
    return false;
  }

  /** Does nothing. */
  @Override
  public boolean completeExceptionally(Throwable cause) {
    return false;
  }

  /** Does nothing. */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return false;
  }

  /** Not supported. */
  @Override
  public void obtrudeValue(T value) {
    throw new UnsupportedOperationException("the value is not the caller's to set");
  }

  /** Not supported. */
  @Override
  public void obtrudeException(Throwable cause) {
    throw new UnsupportedOperationException("the outcome is not the caller's to set");
  }

  /** Completes a copy. */
  @Override
  public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
    return copy().completeAsync(supplier, executor);
  }

  /** Completes a copy. */
  @Override
  public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier) {
    return copy().completeAsync(supplier);
  }

  /** Limits a copy. */
  @Override
  public CompletableFuture<T> orTimeout(long timeout, TimeUnit unit) {
    return copy().orTimeout(timeout, unit);
  }

  /** Limits a copy. */
  @Override
  public CompletableFuture<T> completeOnTimeout(T value, long timeout, TimeUnit unit) {
    return copy().completeOnTimeout(value, timeout, unit);
  }
}
