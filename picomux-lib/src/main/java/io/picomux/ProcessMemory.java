package io.picomux;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that all sessions of the process share: what they hold unread, and what they have
 * queued for sending. Safe for concurrent use.
 */
final class ProcessMemory {
  /** The part of the maximum heap that unread data may take. */
  private static final int UNREAD_HEAP_FRACTION = 4;

  /**
   * The part of the maximum heap that queued data may take; chosen by judgement: half of the pool
   * for unread data, for what waits here only decouples writers from the network.
   */
  private static final int QUEUED_HEAP_FRACTION = 8;

  /**
   * What a session may always hold unread while all sessions together are within twice the pool.
   */
  static final long LEAST_BUDGET_BYTES = 1 << 20;

  /** What a session may hold unread whatever the others do: the floor of one stream. */
  private static final long FLOOR_BYTES = 80 << 10;

  /**
   * What a session may queue whatever the others do: one segment of the largest size. Writers that
   * block need none of it, as frames are filled from their own buffers.
   */
  static final long QUEUE_FLOOR_BYTES = 16 << 10;

  /**
   * The part of what is left of a second pool that goes to one session; chosen by judgement: many
   * sessions get the full {@link #LEAST_BUDGET_BYTES} before the first gets less.
   */
  private static final int SECOND_POOL_FRACTION = 16;

  static final long HEAP_BYTES = Runtime.getRuntime().maxMemory();
  static final long UNREAD_POOL_BYTES = HEAP_BYTES / UNREAD_HEAP_FRACTION;
  static final long QUEUE_POOL_BYTES = HEAP_BYTES / QUEUED_HEAP_FRACTION;

  private static final AtomicLong UNREAD_BYTES = new AtomicLong();
  private static final AtomicLong QUEUED_BYTES = new AtomicLong();

  private ProcessMemory() {}

  static void addUnread(long bytes) {
    UNREAD_BYTES.addAndGet(bytes);
  }

  static void addQueued(long bytes) {
    QUEUED_BYTES.addAndGet(bytes);
  }

  static long unreadBytes() {
    return UNREAD_BYTES.get();
  }

  static long queuedBytes() {
    return QUEUED_BYTES.get();
  }

  /**
   * Returns what one session may hold unread now: half of what is free, by the same rule as for the
   * streams of one session, on top of what it holds. When the pool is used up there is a least
   * budget, which shrinks as a second pool is used up in turn, by queued data as well: a fixed one
   * would let a peer that opens many sessions fill the heap.
   */
  static long availableBudget(long heldBytes) {
    return availableBudget(heldBytes, unreadBytes(), queuedBytes(), UNREAD_POOL_BYTES);
  }

  static long availableBudget(
      long heldBytes, long allUnreadBytes, long allQueuedBytes, long poolBytes) {
    long least = (2 * poolBytes - allUnreadBytes - allQueuedBytes) / SECOND_POOL_FRACTION;
    return Math.max(
        Math.clamp(least, FLOOR_BYTES, LEAST_BUDGET_BYTES),
        heldBytes + (poolBytes - allUnreadBytes) / 2);
  }

  /**
   * Returns what one session may have queued now: as much as is free, by the same rule, so that
   * sessions which fill the pool leave room by construction, and never less than a floor.
   */
  static long availableQueue() {
    return availableQueue(queuedBytes(), QUEUE_POOL_BYTES);
  }

  static long availableQueue(long allQueuedBytes, long poolBytes) {
    return Math.max(QUEUE_FLOOR_BYTES, poolBytes - allQueuedBytes);
  }
}
