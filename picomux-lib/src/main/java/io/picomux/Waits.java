package io.picomux;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;

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
