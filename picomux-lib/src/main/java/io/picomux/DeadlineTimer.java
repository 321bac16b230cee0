package io.picomux;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs a task at a deadline that may be moved, on a virtual thread of its own: the threads that
 * read and write a blocking transport may be stuck in it when the time comes. Safe for concurrent
 * use.
 *
 * <p>The task runs a little after its deadline. A process that stood still for long (suspended, or
 * in a pause of the collector) finds its deadline over and bytes of the peer waiting; the thread
 * that reads needs a moment to take in what may be the sign of life that the deadline is about.
 */
final class DeadlineTimer {
  /**
   * The moment that a reader gets; chosen by judgement: long for a thread that is ready to run,
   * short beside any liveness timeout in use.
   */
  private static final long READERS_TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /**
   * A moment that took this many times as long was no moment for the reader either: the process
   * stood still or had no processor.
   */
  private static final int OVERRUN = 2;

  /** Moments at most, so that a machine that is always short of processors keeps its deadlines. */
  private static final int MAX_TURNS = 8;

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
      }
      if (!timed) {
        LockSupport.park(this);
      } else if (nanos > 0) {
        LockSupport.parkNanos(this, nanos);
      } else {
        giveReaderItsTurn();
        if (takeDeadline()) {
          task.run();
        }
      }
    }
  }

  /** Returns whether the deadline is still over, and forgets it then. */
  private boolean takeDeadline() {
    synchronized (lock) {
      boolean over = hasDeadline && deadlineNanoTime - System.nanoTime() <= 0;
      hasDeadline &= !over;
      return over && !stopped.get();
    }
  }

  private void giveReaderItsTurn() {
    for (int i = 0; i < MAX_TURNS; i++) {
      long begun = System.nanoTime();
      long elapsed = 0;
      while (elapsed < READERS_TURN_NANOS && !stopped.get()) {
        LockSupport.parkNanos(this, READERS_TURN_NANOS - elapsed);
        elapsed = System.nanoTime() - begun;
      }
      if (elapsed < OVERRUN * READERS_TURN_NANOS) {
        return;
      }
    }
  }
}
