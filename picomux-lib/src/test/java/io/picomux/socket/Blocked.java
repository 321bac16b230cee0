package io.picomux.socket;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** A call that runs in a thread of its own until something ends it. */
final class Blocked<T> {
  private final FutureTask<T> task;
  private final Thread thread;

  private Blocked(Callable<T> call) {
    this.task = new FutureTask<>(call);
    this.thread = new Thread(task, "blocked");
  }

  /** Starts the call and returns when its thread waits. */
  static <T> Blocked<T> start(Callable<T> call) {
    Blocked<T> blocked = new Blocked<>(call);
    blocked.thread.setDaemon(true);
    blocked.thread.start();
    while (!blocked.isWaiting()) {
      if (blocked.task.isDone()) {
        throw new AssertionError("the call did not wait");
      }
      Thread.onSpinWait();
    }
    return blocked;
  }

  void interrupt() {
    thread.interrupt();
  }

  /** Waits for the end of the call; returns its result or throws what it threw. */
  T get() throws Exception {
    thread.join();
    return switch (task.state()) {
      case SUCCESS -> task.resultNow();
      case FAILED -> {
        if (task.exceptionNow() instanceof Exception e) {
          throw e;
        }
        throw new AssertionError(task.exceptionNow());
      }
      case RUNNING, CANCELLED -> throw new IllegalStateException(task.state().toString());
    };
  }

  private boolean isWaiting() {
    Thread.State state = thread.getState();
    return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
  }
}
