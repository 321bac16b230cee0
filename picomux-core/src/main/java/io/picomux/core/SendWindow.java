package io.picomux.core;

/** The credit that the peer has granted to one stream of ours, in frames. Not thread-safe. */
final class SendWindow {
  /**
   * Credit that no honest peer comes near: the crate grants at most 1500 frames. Beyond it the peer
   * is trying to make a counter overflow.
   */
  static final long MAX_CREDIT_FRAMES = 1L << 20;

  private int creditFrames = WireFormat.INITIAL_WINDOW_FRAMES;

  int creditFrames() {
    return creditFrames;
  }

  boolean isExhausted() {
    return creditFrames == 0;
  }

  /** Spends one frame of credit; the caller has checked that there is one. */
  void use() {
    if (creditFrames == 0) {
      throw new IllegalStateException("no credit left");
    }
    creditFrames--;
  }

  /**
   * Adds credit.
   *
   * @throws ProtocolViolationException when the sum passes {@link #MAX_CREDIT_FRAMES}
   */
  void grant(int frames, int streamId) throws ProtocolViolationException {
    long sum = (long) creditFrames + frames;
    if (sum > MAX_CREDIT_FRAMES) {
      throw new ProtocolViolationException(
          Violation.CREDIT_OVERFLOW,
          streamId,
          "MORE of "
              + frames
              + " raises the credit of stream "
              + Integer.toUnsignedString(streamId)
              + " to "
              + sum
              + " frames, at most "
              + MAX_CREDIT_FRAMES
              + " are allowed");
    }
    creditFrames = (int) sum;
  }
}
