package io.picomux.core;

/** How far the receive window of a stream may open. All of them stay within the receive budget. */
public enum WindowPolicy {
  /**
   * As much as the path holds and the application takes. All streams together have about so many
   * bytes on their way as keep the path full, by its measured rate and round trip: credit beyond
   * that would only wait in queues, where a small message has to wait behind it. A stream starts at
   * the crate's 10 frames and its window grows to at most twice what the application took in the
   * last round trip, up to {@link #TARGET_FRAMES}: a reader that is slow never has much in memory.
   */
  PATH,
  /** The crate's rule: the full {@link #TARGET_FRAMES} as soon as the first frame was read. */
  CRATE,
  /**
   * The crate's debloat rule: one second's worth of the stream's measured rate, at least 10 and at
   * most {@link #TARGET_FRAMES} frames.
   */
  DEBLOAT;

  /** The largest window, in frames: picomux 0.1.14 MAX_WINDOW. */
  public static final int TARGET_FRAMES = 1500;

  /** The most frames by which a window must be short before a MORE is sent: picomux 0.1.14. */
  static final int MAX_QUANTUM_FRAMES = 500;

  /** Returns the crate's quantum for a target: clamp(target / 10, 1, 500) frames. */
  static int quantumFrames(int targetFrames) {
    return Math.clamp(targetFrames / 10, 1, MAX_QUANTUM_FRAMES);
  }

  /**
   * Returns the crate's debloat target for a rate: clamp(bandwidth × 1 s / 8192, 10, 1500) frames.
   *
   * @param bytesPerSecond the estimate of {@link BandwidthEstimator}
   */
  static int debloatTargetFrames(double bytesPerSecond) {
    double frames = bytesPerSecond / WireFormat.DATA_BODY_BYTES;
    return (int) Math.clamp(frames, WireFormat.INITIAL_WINDOW_FRAMES, TARGET_FRAMES);
  }
}
