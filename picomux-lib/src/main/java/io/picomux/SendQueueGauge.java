package io.picomux;

import io.picomux.engine.SharedMemory;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes all streams of a session have queued for sending, within the session's own limit
 * and its share of what the process has for that. Safe for concurrent use.
 */
final class SendQueueGauge implements SharedMemory.Waiter {
  private final long limitBytes;
  private final SharedMemory memory;
  private final int number;
  private final AtomicLong bytes = new AtomicLong();
  private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private volatile boolean ended;

  /** Creates a gauge within the memory of the process. */
  SendQueueGauge(long limitBytes) {
    this(limitBytes, ProcessMemory.SHARED);
  }

  SendQueueGauge(long limitBytes, SharedMemory memory) {
    this.limitBytes = limitBytes;
    this.memory = memory;
    this.number = memory.nextNumber();
  }

  long bytes() {
    return bytes.get();
  }

  boolean isFull() {
    return roomBytes() == 0;
  }

  /** Returns how many more bytes may be queued; without a limit once the session is over. */
  long roomBytes() {
    return ended ? Long.MAX_VALUE : Math.max(0, allowedBytes() - bytes.get());
  }

  private long allowedBytes() {
    return Math.min(limitBytes, memory.availableQueue());
  }

  /**
   * Returns whether tasks wait for room: those of many writers run together then, and one that
   * found room before would wake alone.
   */
  boolean isAwaited() {
    return !waiting.isEmpty();
  }

  void add(long change) {
    bytes.addAndGet(change);
    memory.addQueued(change);
  }

  /**
   * Runs the task, which must be quick, once there is room for half of what is allowed, or when the
   * session is over; called without any lock.
   */
  void whenRoom(Runnable task) {
    waiting.add(task);
    memory.addWaiter(this);
    runDue();
  }

  /** Forgets a task that waits: nobody is interested in it any more. */
  void forget(Runnable task) {
    waiting.remove(task);
  }

  /**
   * Runs the tasks that wait, if there is room, also those of other sessions; called after bytes
   * were taken, without any lock.
   */
  void runWaiting() {
    // Before the looks, at the own tasks as well: room that comes later leaves a mark again.
    boolean lookAtOthers = memory.takeRoomMade();
    runDue();
    if (lookAtOthers) {
      memory.tellOthers(this);
    }
  }

  @Override
  public boolean isDue() {
    return !waiting.isEmpty() && (ended || bytes.get() <= allowedBytes() / 2);
  }

  @Override
  public void runDue() {
    boolean settled = false;
    while (!settled) {
      Runnable task;
      while (isDue() && (task = waiting.poll()) != null) {
        // It may fill the queue and wait again.
        task.run();
      }
      settled = !waiting.isEmpty() || !memory.removeWaiter(this) || waiting.isEmpty();
      if (!settled) {
        // A task has come in between, and room that came when this was not in the set was for it.
        memory.addWaiter(this);
      }
    }
  }

  /** Runs the tasks that wait, and every later one at once: the session is over. */
  void end() {
    ended = true;
    runWaiting();
  }

  /**
   * A hash code for identity that is the same in every run, as the order in a set depends on it.
   */
  @Override
  public int hashCode() {
    return number;
  }
}
