package io.picomux;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/** What calls that wait have in common. */
final class Waits {
  /** No time limit. */
  static final long FOREVER_NANOS = Long.MAX_VALUE;

  private Waits() {}

  /** Returns a duration in nanoseconds; one that is too long for that counts as for ever. */
  static long nanos(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("timeout is " + timeout + ", must not be negative");
    }
    try {
      return timeout.toNanos();
    } catch (ArithmeticException e) {
      return FOREVER_NANOS;
    }
  }

  /**
   * Waits for a condition to be signalled, or for a while; under its lock, which is free meanwhile.
   * The caller then looks at the state again. A wait in which the peer is silent for long asks it
   * for a sign of life.
   *
   * @param startNanoTime when the whole wait has begun
   * @param timeoutNanos what the whole wait may take
   * @return false when that time is over
   */
  @SuppressWarnings("WaitNotInLoop") // every caller loops over its own condition
  static boolean await(
      Session session, Lock lock, Condition condition, long startNanoTime, long timeoutNanos)
      throws InterruptedException {
    WaitWatch watch = session.waitWatch();
    watch.begin();
    try {
      if (!watch.isArmed()) {
        watch.armWithout(lock);
        return true;
      }
      if (timeoutNanos == FOREVER_NANOS) {
        condition.await();
        return true;
      }
      long left = timeoutNanos - (System.nanoTime() - startNanoTime);
      if (left > 0) {
        condition.await(left, TimeUnit.NANOSECONDS);
      }
      return left > 0;
    } finally {
      watch.end();
    }
  }

  /** Sets the interrupt flag again and returns the exception that ends the wait. */
  static InterruptedIOException interrupted(String call, int bytesTransferred) {
    Thread.currentThread().interrupt();
    InterruptedIOException e = new InterruptedIOException(call + " was interrupted");
    e.bytesTransferred = bytesTransferred;
    return e;
  }

  static SocketTimeoutException timedOut(String call, long timeoutNanos, int bytesTransferred) {
    SocketTimeoutException e =
        new SocketTimeoutException(call + " timed out after " + timeoutNanos / 1_000_000 + " ms");
    e.bytesTransferred = bytesTransferred;
    return e;
  }
}
