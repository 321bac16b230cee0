package io.picomux;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What all sessions of the process share: counters, and the memory that they may hold unread
 * together.
 */
final class ProcessCounters {
  /** The part of the maximum heap that unread data may take. */
  private static final int HEAP_FRACTION = 4;

  /** What a session may always hold while all sessions together are within twice the pool. */
  static final long LEAST_BUDGET_BYTES = 1 << 20;

  /** What a session may hold whatever the others do: the floor of one stream. */
  private static final long FLOOR_BYTES = 80 << 10;

  /**
   * The part of what is left of a second pool that goes to one session; chosen by judgement: many
   * sessions get the full {@link #LEAST_BUDGET_BYTES} before the first gets less.
   */
  private static final int SECOND_POOL_FRACTION = 16;

  static final LongAdder SESSIONS_OPENED = new LongAdder();
  static final LongAdder SESSIONS_ENDED = new LongAdder();
  static final LongAdder STREAMS_OPENED = new LongAdder();
  static final LongAdder BYTES_READ = new LongAdder();
  static final LongAdder BYTES_WRITTEN = new LongAdder();

  private static final long POOL_BYTES = Runtime.getRuntime().maxMemory() / HEAP_FRACTION;
  private static final AtomicLong UNREAD_BYTES = new AtomicLong();

  private ProcessCounters() {}

  static void addUnread(long bytes) {
    UNREAD_BYTES.addAndGet(bytes);
  }

  /**
   * Returns what one session may hold now: half of what is free, by the same rule as for the
   * streams of one session, on top of what it holds. When the pool is used up there is a least
   * budget, which shrinks as a second pool is used up in turn: a fixed one would let a peer that
   * opens many sessions fill the heap.
   */
  static long availableBudget(long heldBytes) {
    return availableBudget(heldBytes, UNREAD_BYTES.get(), POOL_BYTES);
  }

  static long availableBudget(long heldBytes, long allHeldBytes, long poolBytes) {
    long least = (2 * poolBytes - allHeldBytes) / SECOND_POOL_FRACTION;
    return Math.max(
        Math.clamp(least, FLOOR_BYTES, LEAST_BUDGET_BYTES),
        heldBytes + (poolBytes - allHeldBytes) / 2);
  }

  static ProcessStats snapshot() {
    long ended = SESSIONS_ENDED.sum();
    long opened = SESSIONS_OPENED.sum();
    return new ProcessStats(
        opened,
        Math.max(0, opened - ended),
        STREAMS_OPENED.sum(),
        BYTES_READ.sum(),
        BYTES_WRITTEN.sum(),
        UNREAD_BYTES.get(),
        POOL_BYTES);
  }
}
