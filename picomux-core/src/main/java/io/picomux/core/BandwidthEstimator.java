package io.picomux.core;

/**
 * The rate of a stream's data, in bytes per second: an average in which what is a second old has
 * half the weight.
 *
 * <p>The formula is that of the crate's debloat mode (picomux 0.1.14, {@code bdp.rs}, {@code
 * BwEstimate}; unchanged in 0.2.1 and 0.3.3): each frame is a sample of its length divided by the
 * time since the frame before it, the first frame's time running from the start of the stream, and
 *
 * <pre>
 *   w        = 1 / 2^dt                    (dt in seconds)
 *   estimate = estimate * w + length / dt * (1 - w)
 * </pre>
 *
 * <p>Taken literally that is NaN for ever once two frames share an instant: the sample is infinite
 * and its weight zero. Here {@code (1 - w) / dt} is taken together; its limit for dt = 0 is the
 * natural logarithm of 2, so such a frame adds {@code length * ln 2}. Unlike the crate, which loses
 * digits in {@code 1 - w} for small dt, this is exact to the last digits for every dt.
 *
 * <p>The estimate is never negative, infinite or NaN. Not thread-safe.
 */
final class BandwidthEstimator {

  /** The estimate before any frame (picomux 0.1.14, {@code lib.rs}: 1,000,000 bytes/s). */
  static final double INITIAL_BYTES_PER_SECOND = 1_000_000.0;

  private static final double NANOS_PER_SECOND = 1e9;

  /** Natural logarithm of 2. */
  private static final double LN_2 = Math.log(2);

  private double bytesPerSecond = INITIAL_BYTES_PER_SECOND;

  /** Time of the latest frame, or of the start before there is one. */
  private long lastNanos;

  /**
   * An estimator for a stream that starts at {@code nowNanos}.
   *
   * @param nowNanos a reading of the monotonic clock that {@link #onFrame} is given as well
   */
  BandwidthEstimator(long nowNanos) {
    this.lastNanos = nowNanos;
  }

  /**
   * Takes a frame into account.
   *
   * @param bytes length of its body, 0 or more
   * @param nowNanos when it is sampled (the crate does so as it hands the frame on to the
   *     application); a time before the latest frame counts as that frame's time
   */
  void onFrame(int bytes, long nowNanos) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes is " + bytes + ", must be 0 or more");
    }
    long elapsedNanos = nowNanos - lastNanos;
    if (elapsedNanos <= 0) {
      bytesPerSecond += bytes * LN_2;
      return;
    }
    double elapsedSeconds = elapsedNanos / NANOS_PER_SECOND;
    double newWeight = -Math.expm1(-elapsedSeconds * LN_2);
    bytesPerSecond = bytesPerSecond * (1 - newWeight) + bytes / elapsedSeconds * newWeight;
    lastNanos = nowNanos;
  }

  /** The estimate, {@value #INITIAL_BYTES_PER_SECOND} before any frame. */
  double bytesPerSecond() {
    return bytesPerSecond;
  }
}
