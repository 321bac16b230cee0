package io.picomux;

/**
 * Tells a burst of small writes from single ones: so many in so short a time that a wait for more
 * does not count. A pace is one number, for there may be a hundred thousand streams: the time of
 * the last write in its upper bits; in its lower ones a count, which each write raises and time
 * lowers. The class has no state.
 */
final class WritePace {
  /** The pace of a stream without any write. */
  static final int NONE = 0;

  /** Times are counted in units of 16 µs (2^14 ns). */
  private static final int TICK_SHIFT = 14;

  /**
   * So many of these units lower the count as much as a write raises it. Chosen by judgement: a
   * writer with nothing else to do needs some µs for a write, one that waits for answers more than
   * 33.
   */
  private static final int TICKS_PER_WRITE = 2;

  private static final int COUNT_BITS = 12;
  private static final int MAX_COUNT = (1 << COUNT_BITS) - 1;

  /**
   * From here on it is a burst. Chosen by judgement: without gathering so many writes have taken
   * about as long as the last ones may have to wait with it.
   */
  private static final int BURST_WRITES = 1000;

  private WritePace() {}

  /** Returns the pace after a write at this time of {@link System#nanoTime()}. */
  static int next(int pace, long nanoTime) {
    int tick = (int) (nanoTime >> TICK_SHIFT) << COUNT_BITS;
    int count = pace & MAX_COUNT;
    int gap = (tick - (pace & ~MAX_COUNT)) >>> COUNT_BITS;
    return tick | Math.clamp((long) count + 1 - gap / TICKS_PER_WRITE, 0, MAX_COUNT);
  }

  /** Returns whether the last writes are a burst. */
  static boolean isBurst(int pace) {
    return (pace & MAX_COUNT) >= BURST_WRITES;
  }
}
