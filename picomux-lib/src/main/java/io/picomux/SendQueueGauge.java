package io.picomux;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** How many bytes all streams of a session have queued for sending. Safe for concurrent use. */
final class SendQueueGauge {
  private final long limitBytes;
  private final AtomicLong bytes = new AtomicLong();
  private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  SendQueueGauge(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  long bytes() {
    return bytes.get();
  }

  boolean isFull() {
    return bytes.get() >= limitBytes;
  }

  void add(long change) {
    bytes.addAndGet(change);
  }

  /** Runs the task, which must be quick, once there is room for half of the limit. */
  void whenRoom(Runnable task) {
    waiting.add(task);
    runWaiting();
  }

  /**
   * Runs the tasks that wait, if there is room; called after bytes were taken, without any lock.
   */
  void runWaiting() {
    if (!waiting.isEmpty() && bytes.get() <= limitBytes / 2) {
      runAll();
    }
  }

  /** Runs the tasks that wait: the session is over. */
  void runAll() {
    Runnable task;
    while ((task = waiting.poll()) != null) {
      task.run();
    }
  }
}
