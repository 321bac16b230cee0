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

  /** What a session may always hold, however many there are. */
  static final long LEAST_BUDGET_BYTES = 1 << 20;

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
   * streams of one session, on top of what it holds.
   */
  static long availableBudget(long heldBytes) {
    long free = POOL_BYTES - UNREAD_BYTES.get();
    return Math.max(LEAST_BUDGET_BYTES, heldBytes + free / 2);
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
