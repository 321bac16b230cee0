package io.picomux;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs a task at a deadline that may be moved, on a virtual thread of its own: the threads that
 * read and write a blocking transport may be stuck in it when the time comes. Safe for concurrent
 * use.
 */
final class DeadlineTimer {
  private final Runnable task;
  private final Thread thread;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final Object lock = new Object();
  private long deadlineNanoTime;
  private boolean hasDeadline;

  DeadlineTimer(String name, Runnable task) {
    this.task = task;
    this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Sets when the task runs next, on the clock of {@link System#nanoTime()}. */
  void set(long nanoTime) {
    synchronized (lock) {
      deadlineNanoTime = nanoTime;
      hasDeadline = true;
    }
    LockSupport.unpark(thread);
  }

  /** Returns whether the calling thread is the one that runs the task. */
  boolean isCurrentThread() {
    return Thread.currentThread() == thread;
  }

  void stop() {
    stopped.set(true);
    LockSupport.unpark(thread);
  }

  private void run() {
    while (!stopped.get()) {
      boolean timed;
      long nanos;
      synchronized (lock) {
        timed = hasDeadline;
        nanos = deadlineNanoTime - System.nanoTime();
        if (timed && nanos <= 0) {
          hasDeadline = false;
        }
      }
      if (!timed) {
        LockSupport.park(this);
      } else if (nanos > 0) {
        LockSupport.parkNanos(this, nanos);
      } else {
        task.run();
      }
    }
  }
}
