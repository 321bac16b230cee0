package io.picomux.core;

/**
 * The credit that one stream of ours has given to the peer, in frames, and how far it may grow.
 * Pure arithmetic; not thread-safe. Times are nanoseconds since the session began.
 *
 * <p>Two sums hold at all times: {@code creditFrames} is what the peer may still send, and {@code
 * creditFrames + unreadFrames} is at most {@code limitFrames} except for the floor that {@link
 * ReceiveBudget} always grants.
 */
final class ReceiveWindow {
  /**
   * The shortest round over which the growth of a window is judged. Chosen by judgement: wake-ups
   * of threads, not the path, dominate below it.
   */
  static final long MIN_ROUND_NANOS = 10_000_000L;

  private int creditFrames = WireFormat.INITIAL_WINDOW_FRAMES;
  private int unreadFrames;
  private int limitFrames = WireFormat.INITIAL_WINDOW_FRAMES;
  private int takenInRoundFrames;
  private long roundStartNanos;

  ReceiveWindow(long nowNanos) {
    roundStartNanos = nowNanos;
  }

  int creditFrames() {
    return creditFrames;
  }

  int unreadFrames() {
    return unreadFrames;
  }

  int limitFrames() {
    return limitFrames;
  }

  /** Takes in a data frame; returns false when there was no credit for it. */
  boolean onFrame() {
    if (creditFrames == 0) {
      return false;
    }
    creditFrames--;
    unreadFrames++;
    return true;
  }

  /** The application has taken some frames. */
  void onConsumed(int frames) {
    if (frames < 0 || frames > unreadFrames) {
      throw new IllegalArgumentException(
          "consumed " + frames + " frames of " + unreadFrames + " unread ones");
    }
    unreadFrames -= frames;
    takenInRoundFrames += frames;
  }

  /** Sets the limit to what a fixed policy wants. */
  void setLimit(int frames) {
    limitFrames = frames;
  }

  /**
   * Grows the limit to a multiple of what the application took in a round, if that is more; judges
   * at the end of a round, and before that as soon as a whole window has been taken.
   *
   * @param roundNanos the round trip of the session; values below {@link #MIN_ROUND_NANOS} count as
   *     that
   * @param factor the multiple
   */
  void growLimit(long nowNanos, long roundNanos, int factor) {
    long round = Math.max(roundNanos, MIN_ROUND_NANOS);
    long elapsed = nowNanos - roundStartNanos;
    if (elapsed < round && takenInRoundFrames < limitFrames) {
      return;
    }
    double perRound = takenInRoundFrames * ((double) round / Math.max(elapsed, round));
    long wanted = Math.min(Math.round(factor * perRound), WindowPolicy.TARGET_FRAMES);
    limitFrames = (int) Math.max(limitFrames, wanted);
    takenInRoundFrames = 0;
    roundStartNanos = nowNanos;
  }

  /**
   * Returns the credit that the limit leaves room for, 0 while it is less than the crate's quantum.
   */
  int wantedFrames() {
    int room = limitFrames - creditFrames - unreadFrames;
    return room >= WindowPolicy.quantumFrames(limitFrames) ? room : 0;
  }

  /** Gives credit to the peer. */
  void grant(int frames) {
    creditFrames += frames;
  }

  /**
   * Returns how many consumed frames are worth telling the core about: few when credit runs short,
   * a quantum while there is plenty, at least 1.
   */
  int reportThresholdFrames() {
    return Math.clamp(creditFrames, 1, WindowPolicy.quantumFrames(limitFrames));
  }
}
