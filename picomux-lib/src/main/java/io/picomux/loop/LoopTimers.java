package io.picomux.loop;

import java.util.PriorityQueue;

/**
 * What a loop does at a later time, the soonest first, on the clock of {@link System#nanoTime()}.
 * Not thread-safe: owned by the loop's thread.
 */
final class LoopTimers {
  /** A task and when it is due. Owned by the loop's thread. */
  static final class Timer {
    private final LoopTimers timers;
    private final Runnable task;
    private boolean set;
    private long dueNanoTime;

    private Timer(LoopTimers timers, Runnable task) {
      this.timers = timers;
      this.task = task;
    }

    /** Returns whether the task is still to come. */
    boolean isSet() {
      return set;
    }

    /** Returns when the task is due; means nothing for a timer that is not set. */
    long dueNanoTime() {
      return dueNanoTime;
    }

    /** Sets when the task runs, instead of what was set before. */
    void set(long nanoTime) {
      cancel();
      set = true;
      dueNanoTime = nanoTime;
      timers.queue.add(this);
    }

    /** The task is not to run; does nothing when it is not to come anyway. */
    void cancel() {
      if (set) {
        timers.queue.remove(this);
        set = false;
      }
    }
  }

  private final PriorityQueue<Timer> queue =
      new PriorityQueue<>((a, b) -> Long.signum(a.dueNanoTime - b.dueNanoTime));

  /** Makes a timer that is not set. Its task must not throw. */
  Timer newTimer(Runnable task) {
    return new Timer(this, task);
  }

  /** Returns how far away the next timer is, or {@link Long#MAX_VALUE} when there is none. */
  long nanosToNext(long nowNanoTime) {
    Timer first = queue.peek();
    return first == null ? Long.MAX_VALUE : first.dueNanoTime - nowNanoTime;
  }

  /** Runs what is due. */
  void run(long nowNanoTime) {
    Timer first;
    while ((first = queue.peek()) != null && first.dueNanoTime - nowNanoTime <= 0) {
      queue.remove();
      first.set = false;
      first.task.run();
    }
  }
}
