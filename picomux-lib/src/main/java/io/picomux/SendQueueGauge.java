package io.picomux;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** How many bytes all streams of a session have queued for sending. Safe for concurrent use. */
final class SendQueueGauge {
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
    return bytes.get() >= limitBytes && !ended;
  }

  void add(long change) {
    bytes.addAndGet(change);
  }

  /**
   * Runs the task, which must be quick, once there is room for half of the limit, or when the
   * session is over; called without any lock.
   */
  void whenRoom(Runnable task) {
    waiting.add(task);
    runWaiting();
  }

  /** Forgets a task that waits: nobody is interested in it any more. */
  void forget(Runnable task) {
    waiting.remove(task);
  }

  /**
   * Runs the tasks that wait, for as long as there is room; called after bytes were taken, without
   * any lock. A task may fill the queue and wait again.
   */
  void runWaiting() {
    Runnable task;
    while (!waiting.isEmpty() && hasRoom() && (task = waiting.poll()) != null) {
      task.run();
    }
  }

  private boolean hasRoom() {
    return ended || bytes.get() <= limitBytes / 2;
  }

  /** Runs the tasks that wait, and every later one at once: the session is over. */
  void end() {
    ended = true;
    runWaiting();
  }
}
