package io.picomux.core;

/**
 * How many bytes may be on their way to us so that the path is full and its queues are not: its
 * delivery rate times its shortest round trip, and a little more. Both are learned from data alone,
 * the way BBR does it for a sender (Cardwell et al., "BBR: Congestion-Based Congestion Control",
 * 2016), here for a receiver whose credit the sender uses up. Pure arithmetic; not thread-safe.
 * Times are nanoseconds since the session began.
 *
 * <p>A <em>round</em> runs from a grant of credit to the arrival of the last frame that needed it.
 * The first such frame comes after a round trip and the time that it waited in queues. While the
 * rate still grows from round to round (the connection below may be in its slow start) the window
 * stays three times as large as what was seen. Once the rate has stopped growing the window is what
 * the path holds. One of eight rounds asks for a quarter more, to find a path that has become
 * faster; as long as that brings more, so does the next. Whether there is a shorter round trip than
 * any seen so far is tried with three quarters of the window, after the startup and every ten
 * seconds.
 *
 * <p>Within a machine or a building much of a round trip is threads that wait for a processor, and
 * there queues may be longer, unless somebody waits for small answers meanwhile.
 *
 * <p>Where the transport repairs losses, nothing arrives for a round trip, then much at once. To
 * keep the sender going meanwhile the window holds two round trips more for a while.
 */
final class PathEstimate {
  /** The window before anything is known; chosen by judgement: more than a first flight of TCP. */
  static final long INITIAL_BYTES = 32L * WireFormat.DATA_BODY_BYTES;

  /** The least window: room for two streams to send while credit is under way. */
  static final long LEAST_BYTES = 4L * WireFormat.DATA_BODY_BYTES;

  /** Nothing is learned yet. */
  static final long UNKNOWN = Long.MAX_VALUE;

  /** Within a machine or a building; chosen by judgement. */
  private static final long SHORT_ROUND_NANOS = 5_000_000;

  /**
   * What queues may add to a short round trip: there it is threads that wait for a processor.
   * Measured with 60 streams on two cores: 8 ms cost a tenth of the throughput, 30 ms nothing.
   */
  private static final long SHORT_ROUND_QUEUE_NANOS = 30_000_000;

  /**
   * The least that they may add there while somebody waits for small answers; with less the
   * throughput falls quickly.
   */
  private static final long LEAST_SHORT_QUEUE_NANOS = 250_000;

  /**
   * So much may wait in queues nevertheless, if not for longer than those 30 ms: what other
   * multiplexers let four streams have. Measured beside four bulk streams on two cores: 99th
   * percentile 0.15 of that with 30 ms, at 0.95 of the throughput.
   */
  private static final double SHORT_QUEUE_BYTES = 1 << 20;

  /**
   * For so long a small frame tells that somebody waits for others. Chosen by judgement: a person
   * who types.
   */
  private static final long ANSWERS_NANOS = 1_000_000_000;

  /** What they may add to any other; chosen by judgement: little beside what people notice. */
  private static final long LEAST_QUEUE_NANOS = 8_000_000;

  /**
   * Of a long round trip this part: BBR, if that is the transport's congestion control, sends three
   * quarters of the rate in one of eight round trips and needs a queue for it.
   */
  private static final int QUEUE_PART = 5;

  /** After a gap, what comes within this part of it has waited for something that was lost. */
  private static final int BURST_PART = 8;

  /** BBR's 2/ln 2, rounded up: the least gain that lets a slow start double its rate. */
  private static final double STARTUP_GAIN = 3;

  /** As in BBR: growth by less than a quarter, three times, is the end of the startup. */
  private static final double GROWTH = 1.25;

  private static final int ROUNDS_WITHOUT_GROWTH = 3;

  /** As in BBR: the rounds that a measured rate counts for. */
  private static final int ROUNDS_REMEMBERED = 10;

  /** As in BBR: one round of eight asks for more. */
  private static final int ROUNDS_PER_CYCLE = 8;

  private static final double PROBE_GAIN = 1.25;

  /** A probe that brings this much more means that the path has become faster. */
  private static final double PROBE_SUCCESS = 1.125;

  /** As in BBR: how often a shorter round trip is looked for, which costs a quarter of a round. */
  private static final long TRY_SHORTER_NANOS = 10_000_000_000L;

  private static final long UNTRIED = Long.MIN_VALUE;

  private static final long NO_BURST = Long.MIN_VALUE;

  /** For how long the shortest round trip counts that is not seen again: BBR's 10 s and a cycle. */
  private static final long ROUND_TRIP_AGE_NANOS = 15_000_000_000L;

  private final double[] rates = new double[ROUNDS_REMEMBERED];
  private long rounds;
  private long windowBytes = INITIAL_BYTES;
  private long shortestNanos = UNKNOWN;
  private long shortestAtNanos;
  private double bestRate;
  private int roundsWithoutGrowth;
  private boolean startup = true;
  private boolean probing;
  private long triedShorterNanos = UNTRIED;
  private int roundsWithGaps;
  private long gapNanos;
  private long burstEndNanos = NO_BURST;
  private long burstBytes;
  private boolean answersWanted;
  private long answerNanos;

  /** Returns how many bytes may be on their way. */
  long windowBytes() {
    return windowBytes;
  }

  /** Returns the shortest round trip, or {@link #UNKNOWN}. */
  long shortestRoundNanos() {
    return shortestNanos;
  }

  /** Returns whether the rate still grows, as far as is known. */
  boolean isStartup() {
    return startup;
  }

  /** A round trip was measured, with whatever waiting in queues it had. */
  void onRoundTrip(long nanos, long nowNanos) {
    if (nanos < shortestNanos - shortestNanos / 16) {
      triedShorterNanos = UNTRIED;
    }
    if (nanos <= shortestNanos || nowNanos - shortestAtNanos > ROUND_TRIP_AGE_NANOS) {
      shortestNanos = Math.max(1, nanos);
      shortestAtNanos = nowNanos;
    } else if (nanos <= shortestNanos + shortestNanos / 16) {
      shortestAtNanos = nowNanos;
    }
  }

  /**
   * Bytes came of a sender that had credit.
   *
   * @param sinceNanos how long ago the bytes before them came
   */
  void onBytes(int bytes, long sinceNanos, long nowNanos) {
    if (!startup && sinceNanos > LEAST_QUEUE_NANOS && sinceNanos > shortestNanos / 4 * 3) {
      gapNanos = sinceNanos;
      burstEndNanos = nowNanos + sinceNanos / BURST_PART;
      burstBytes = 0;
    }
    if (nowNanos <= burstEndNanos) {
      burstBytes += bytes;
      if (burstBytes > usualRate() * gapNanos / 2) {
        roundsWithGaps = ROUNDS_REMEMBERED;
        burstEndNanos = NO_BURST;
      }
    }
  }

  /** A small frame came, one of several: somebody waits for such. */
  void onSmallFrame(long nowNanos) {
    answersWanted = true;
    answerNanos = nowNanos;
  }

  private long queueNanos(double rate, long nowNanos) {
    if (shortestNanos >= SHORT_ROUND_NANOS) {
      return Math.max(LEAST_QUEUE_NANOS, shortestNanos / QUEUE_PART);
    }
    answersWanted &= nowNanos - answerNanos <= ANSWERS_NANOS;
    return answersWanted
        ? Math.clamp(
            (long) (SHORT_QUEUE_BYTES / rate), LEAST_SHORT_QUEUE_NANOS, SHORT_ROUND_QUEUE_NANOS)
        : SHORT_ROUND_QUEUE_NANOS;
  }

  /**
   * A round is over.
   *
   * @param nanos how long it took, more than 0
   * @param bytes what came meanwhile
   * @param usedUp whether the sender needed all the credit that it had
   */
  void onRound(long nanos, long bytes, boolean usedUp, long nowNanos) {
    double rate = (double) bytes / nanos;
    double before = usualRate();
    if (!startup && !usedUp && rate <= before) {
      // The sender had little to send, which says nothing of the path.
      return;
    }
    rates[(int) (rounds % ROUNDS_REMEMBERED)] = rate;
    rounds++;
    roundsWithGaps = Math.max(0, roundsWithGaps - 1);
    double usual = usualRate();
    long queueNanos = queueNanos(usual, nowNanos);
    if (startup) {
      watchGrowth(rate, usedUp, nanos > 2 * shortestNanos + queueNanos);
      windowBytes = startup ? startupWindow(rate, queueNanos) : steadyWindow(usual, queueNanos);
    } else if (triedShorterNanos == UNTRIED || nowNanos - triedShorterNanos > TRY_SHORTER_NANOS) {
      triedShorterNanos = nowNanos;
      windowBytes = steadyWindow(usual, -shortestNanos / 4);
    } else if (probing && rate > before * PROBE_SUCCESS) {
      windowBytes = (long) (PROBE_GAIN * steadyWindow(rate, queueNanos));
    } else {
      probing = rounds % ROUNDS_PER_CYCLE == 0;
      windowBytes = (long) ((probing ? PROBE_GAIN : 1) * steadyWindow(usual, queueNanos));
    }
  }

  /** Growth that ends where a queue has formed needs no more proof. */
  private void watchGrowth(double rate, boolean usedUp, boolean queued) {
    if (rate >= bestRate * GROWTH) {
      bestRate = rate;
      roundsWithoutGrowth = 0;
    } else if (usedUp) {
      roundsWithoutGrowth += queued ? ROUNDS_WITHOUT_GROWTH : 1;
      startup = roundsWithoutGrowth < ROUNDS_WITHOUT_GROWTH;
    }
  }

  private long startupWindow(double rate, long queueNanos) {
    double wanted = STARTUP_GAIN * Math.max(rate, bestRate) * (shortestNanos + queueNanos);
    return Math.max(windowBytes, (long) wanted);
  }

  private long steadyWindow(double rate, long queueNanos) {
    long nanos = shortestNanos + queueNanos + (roundsWithGaps > 0 ? 2 * shortestNanos : 0);
    return Math.max(LEAST_BYTES, (long) (rate * nanos));
  }

  /**
   * Returns the second of the rates that are remembered: the highest may be of a round in which a
   * thread slept and then found much at once.
   */
  private double usualRate() {
    double first = 0;
    double second = 0;
    for (double rate : rates) {
      if (rate > first) {
        second = first;
        first = rate;
      } else if (rate > second) {
        second = rate;
      }
    }
    return second;
  }
}
