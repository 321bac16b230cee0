package io.picomux;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes all streams of a session have queued for sending, within the session's own limit
 * and its share of what the process has for that. Safe for concurrent use.
 */
final class SendQueueGauge {
  /** The gauges whose tasks wait: they may be waiting for room that other sessions make. */
  private static final Set<SendQueueGauge> WAITING = ConcurrentHashMap.newKeySet();

  /** Whether any session has made room since the gauges that wait were looked at. */
  private static volatile boolean roomMade;

  private final long limitBytes;
  private final AtomicLong bytes = new AtomicLong();
  private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private volatile boolean ended;

  SendQueueGauge(long limitBytes) {
    this.limitBytes = limitBytes;
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
    return Math.min(limitBytes, ProcessMemory.availableQueue());
  }

  void add(long change) {
    bytes.addAndGet(change);
    ProcessMemory.addQueued(change);
    if (change < 0 && !roomMade) {
      roomMade = true;
    }
  }

  /**
   * Runs the task, which must be quick, once there is room for half of what is allowed, or when the
   * session is over; called without any lock.
   */
  void whenRoom(Runnable task) {
    waiting.add(task);
    WAITING.add(this);
    runOwn();
  }

  /** Forgets a task that waits: nobody is interested in it any more. */
  void forget(Runnable task) {
    waiting.remove(task);
  }

  /**
   * Runs the tasks that wait, if there is room; called after bytes were taken, without any lock.
   * Those of other sessions are left to a thread of their own: they end up in executors that this
   * session's threads have nothing to do with.
   */
  void runWaiting() {
    runOwn();
    if (roomMade) {
      roomMade = false;
      if (WAITING.stream().anyMatch(gauge -> gauge != this && gauge.isDue())) {
        Thread.ofVirtual()
            .name("picomux-room")
            .start(() -> WAITING.forEach(SendQueueGauge::runOwn));
      }
    }
  }

  private boolean isDue() {
    return !waiting.isEmpty() && (ended || bytes.get() <= allowedBytes() / 2);
  }

  private void runOwn() {
    Runnable task;
    while (isDue() && (task = waiting.poll()) != null) {
      // It may fill the queue and wait again.
      task.run();
    }
    if (waiting.isEmpty() && WAITING.remove(this) && !waiting.isEmpty()) {
      // A task has come in between.
      WAITING.add(this);
    }
  }

  /** Runs the tasks that wait, and every later one at once: the session is over. */
  void end() {
    ended = true;
    runWaiting();
  }
}
