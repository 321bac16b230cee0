package io.picomux.engine;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that sessions share: what they hold unread, and what they have queued for sending. A
 * process has one, and a simulation one of its own, so that runs beside it change nothing in it.
 * Safe for concurrent use.
 */
public final class SharedMemory {
  /**
   * What a session may always hold unread while all sessions together are within twice the pool.
   */
  public static final long LEAST_BUDGET_BYTES = 1 << 20;

  /**
   * What a session may queue whatever the others do: one segment of the largest size. Writers that
   * block need none of it, as frames are filled from their own buffers.
   */
  public static final long QUEUE_FLOOR_BYTES = 16 << 10;

  /** What a session may hold unread whatever the others do: the floor of one stream. */
  private static final long FLOOR_BYTES = 80 << 10;

  /**
   * The part of what is left of a second pool that goes to one session; chosen by judgement: many
   * sessions get the full {@link #LEAST_BUDGET_BYTES} before the first gets less.
   */
  private static final int SECOND_POOL_FRACTION = 16;

  /** A session in which tasks wait for room in the queue. */
  public interface Waiter {
    /** Returns whether there is room for a task that waits. */
    boolean isDue();

    /** Runs the tasks for which there is room. */
    void runDue();
  }

  private final long unreadPoolBytes;
  private final long queuePoolBytes;
  private final Executor helper;
  private final AtomicLong unreadBytes = new AtomicLong();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicInteger numbers = new AtomicInteger();

  /** Those whose tasks wait: they may be waiting for room that other sessions make. */
  private final Set<Waiter> waiters = ConcurrentHashMap.newKeySet();

  /** Whether any session has made room since those who wait were looked at. */
  private volatile boolean roomMade;

  /**
   * Creates an empty memory.
   *
   * @param unreadPoolBytes what all sessions may hold unread
   * @param queuePoolBytes what all sessions may have queued
   * @param helper runs what waits in other sessions, not where it is called
   */
  public SharedMemory(long unreadPoolBytes, long queuePoolBytes, Executor helper) {
    this.unreadPoolBytes = unreadPoolBytes;
    this.queuePoolBytes = queuePoolBytes;
    this.helper = helper;
  }

  /** Returns a number that no one else gets: an order that is the same in every run. */
  public int nextNumber() {
    return numbers.incrementAndGet();
  }

  /** Returns what all sessions hold unread. */
  public long unreadBytes() {
    return unreadBytes.get();
  }

  /** Returns what all sessions have queued. */
  public long queuedBytes() {
    return queuedBytes.get();
  }

  /** A session holds more unread, or less. */
  public void addUnread(long bytes) {
    unreadBytes.addAndGet(bytes);
  }

  /** A session has more queued, or less. */
  public void addQueued(long bytes) {
    queuedBytes.addAndGet(bytes);
    if (bytes < 0 && !roomMade) {
      roomMade = true;
    }
  }

  /**
   * Returns what one session may hold unread now: half of what is free, by the same rule as for the
   * streams of one session, on top of what it holds. When the pool is used up there is a least
   * budget, which shrinks as a second pool is used up in turn, by queued data as well: a fixed one
   * would let a peer that opens many sessions fill the heap.
   */
  public long availableBudget(long heldBytes) {
    return availableBudget(heldBytes, unreadBytes(), queuedBytes(), unreadPoolBytes);
  }

  /** Returns what {@link #availableBudget(long)} does for a pool in that state. */
  public static long availableBudget(
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
  public long availableQueue() {
    return availableQueue(queuedBytes(), queuePoolBytes);
  }

  /** Returns what {@link #availableQueue()} does for a pool in that state. */
  public static long availableQueue(long allQueuedBytes, long poolBytes) {
    return Math.max(QUEUE_FLOOR_BYTES, poolBytes - allQueuedBytes);
  }

  // ---- those who wait for room

  /** Tasks of the waiter wait. */
  public void addWaiter(Waiter waiter) {
    waiters.add(waiter);
  }

  /** No task of the waiter waits any more; returns whether one did. */
  public boolean removeWaiter(Waiter waiter) {
    return waiters.remove(waiter);
  }

  /**
   * Returns whether any session has made room since the last call; whoever hears so has to look at
   * all that wait.
   */
  public boolean takeRoomMade() {
    if (!roomMade) {
      return false;
    }
    roomMade = false;
    return true;
  }

  /**
   * Lets the tasks of other sessions run if there is room for them now. They are left to the
   * helper: they end up in executors that this session's threads have nothing to do with.
   */
  public void tellOthers(Waiter self) {
    if (waiters.stream().anyMatch(waiter -> !waiter.equals(self) && waiter.isDue())) {
      helper.execute(() -> waiters.forEach(Waiter::runDue));
    }
  }
}
