package io.picomux.core;

/**
 * Bounds how often something may happen: so many times at once, and at a rate in the long run. Not
 * thread-safe.
 */
final class TokenBucket {
  private static final double NANOS_PER_SECOND = 1e9;

  private final double burst;
  private final double perNano;
  private double tokens;
  private long lastNanos;

  TokenBucket(long burst, long perSecond, long nowNanos) {
    this.burst = burst;
    this.perNano = perSecond / NANOS_PER_SECOND;
    this.tokens = burst;
    this.lastNanos = nowNanos;
  }

  /** Takes one token; returns false when there is none. */
  boolean tryTake(long nowNanos) {
    tokens = Math.min(burst, tokens + (nowNanos - lastNanos) * perNano);
    lastNanos = nowNanos;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }
}
