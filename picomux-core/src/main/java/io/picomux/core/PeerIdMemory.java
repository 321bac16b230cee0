package io.picomux.core;

/**
 * The ids that the peer has used lately, so that we do not open a stream with one: the protocol
 * forbids either side to use an id again within an hour, and crates from 0.1.16 on kill the session
 * for it.
 *
 * <p>Ids are kept in three Bloom filters of half an hour each, of which the oldest is dropped when
 * a new one begins. So an id is found for at least 60 minutes after {@link #add} and at most 90
 * (two filters of an hour each would hold up to 120 minutes' worth in the same memory). A false
 * positive costs the caller one more draw.
 *
 * <p>Memory grows from nothing to 3 · 341 KiB and stays below 1 MiB with all objects. That holds
 * about 1.8 million ids at an even rate, or 340 streams a second for ever, before more than half of
 * all other ids are found as well; {@link #saturated} then tells the caller to take any id, since
 * drawing on would cost more than the collision it avoids is likely.
 *
 * <p>Time is a monotonic clock in nanoseconds that may start anywhere and wrap. Memory and rates
 * are those of the latest time given. Not thread-safe.
 */
final class PeerIdMemory {

  /** How long one filter takes ids, in nanoseconds: 30 minutes. */
  static final long GENERATION_NANOS = 30L * 60 * 1_000_000_000;

  /** Two whole generations after an id's own make an hour, the protocol's term. */
  private static final int GENERATIONS = 3;

  /** Share of false positives above which drawing another id is given up; chosen by judgement. */
  private static final double SATURATED_RATE = 0.5;

  private final GrowingBloomFilter[] generations = new GrowingBloomFilter[GENERATIONS];

  /** Index of the generation that takes ids now; the next one in the ring is the oldest. */
  private int current;

  /** When the current generation began; meaningless before the first id. */
  private long currentSinceNanos;

  private boolean hasBegun;

  PeerIdMemory() {
    for (int i = 0; i < GENERATIONS; i++) {
      generations[i] = new GrowingBloomFilter();
    }
  }

  /** Remembers that the peer used {@code id} at {@code nowNanos}. */
  void add(int id, long nowNanos) {
    if (!hasBegun) {
      hasBegun = true;
      currentSinceNanos = nowNanos;
    }
    advanceTo(nowNanos);
    generations[current].add(id);
  }

  /**
   * Whether the peer may have used {@code id} within the last hour: always true if it has, seldom
   * if it has not.
   */
  boolean mightContain(int id, long nowNanos) {
    advanceTo(nowNanos);
    for (GrowingBloomFilter generation : generations) {
      if (generation.mightContain(id)) {
        return true;
      }
    }
    return false;
  }

  /** Whether more than half of the ids never used would be found: the caller then takes any id. */
  boolean saturated() {
    double passesNone = 1;
    for (GrowingBloomFilter generation : generations) {
      passesNone *= 1 - generation.falsePositiveRate();
    }
    return 1 - passesNone > SATURATED_RATE;
  }

  /** Bytes of the filters, 0 before the first id; the objects around them take less than 1 KiB. */
  long allocatedBytes() {
    long bytes = 0;
    for (GrowingBloomFilter generation : generations) {
      bytes += generation.allocatedBytes();
    }
    return bytes;
  }

  /** Drops the generations that have run out; a time before the latest one changes nothing. */
  private void advanceTo(long nowNanos) {
    if (!hasBegun) {
      return;
    }
    long elapsedNanos = nowNanos - currentSinceNanos;
    if (elapsedNanos < GENERATION_NANOS) {
      return;
    }
    long periods = elapsedNanos / GENERATION_NANOS;
    for (long i = 0; i < Math.min(periods, GENERATIONS); i++) {
      current = (current + 1) % GENERATIONS;
      generations[current].clear();
    }
    currentSinceNanos += periods * GENERATION_NANOS;
  }
}
