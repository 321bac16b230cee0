package io.picomux.tunnel;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The delays between attempts: exponential, with jitter, so that clients that lost the same server
 * do not come back in step.
 *
 * <p>The n-th delay is drawn evenly from [d/2, d] with d = {@code first} · 2<sup>n-1</sup>, at most
 * {@code longest}: half of it fixed so that an attempt never follows at once. Not thread-safe.
 */
final class Backoff {

  private final long firstNanos;
  private final long longestNanos;
  private final RandomGenerator random;

  /** The bound of the next delay. */
  private long boundNanos;

  /**
   * A series of delays.
   *
   * @param first bound of the first delay, more than 0
   * @param longest bound of every delay, {@code first} or more
   */
  Backoff(Duration first, Duration longest, RandomGenerator random) {
    if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "delays are "
              + first
              + " and "
              + longest
              + ", must be more than 0 and not less than that");
    }
    this.firstNanos = first.toNanos();
    this.longestNanos = longest.toNanos();
    this.random = random;
    this.boundNanos = firstNanos;
  }

  /** The next delay; the one after it may be twice as long. */
  Duration next() {
    long delayNanos = boundNanos - random.nextLong(boundNanos / 2 + 1);
    boundNanos = boundNanos > longestNanos / 2 ? longestNanos : boundNanos * 2;
    return Duration.ofNanos(delayNanos);
  }

  /** Begins the series anew. */
  void reset() {
    boundNanos = firstNanos;
  }
}
