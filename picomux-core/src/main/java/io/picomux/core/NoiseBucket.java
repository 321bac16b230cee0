package io.picomux.core;

/**
 * Bounds the frames that mean nothing: NOP, PONGs without a PING, and frames for ids that nobody
 * ever used. A token bucket; not thread-safe.
 */
final class NoiseBucket {
  /** Frames that may come at once: nghttp2's burst for glitches. */
  static final long BURST_FRAMES = 10_000;

  /** Frames per second in the long run: nghttp2's rate for glitches. */
  static final long RATE_FRAMES_PER_SECOND = 330;

  private static final double NANOS_PER_SECOND = 1e9;

  private double tokens = BURST_FRAMES;
  private long lastNanos;

  NoiseBucket(long nowNanos) {
    lastNanos = nowNanos;
  }

  /** Takes one token; returns false when there is none. */
  boolean tryTake(long nowNanos) {
    tokens =
        Math.min(
            BURST_FRAMES,
            tokens + (nowNanos - lastNanos) * (RATE_FRAMES_PER_SECOND / NANOS_PER_SECOND));
    lastNanos = nowNanos;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }
}
