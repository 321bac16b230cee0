package io.picomux;

import static io.picomux.Conditions.until;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** A call that runs in a thread of its own. */
final class Background<T> {
  private final FutureTask<T> task;
  private final Thread thread;
  private volatile boolean interruptedAtEnd;

  private Background(Callable<T> call, boolean virtual) {
    this.task =
        new FutureTask<>(() -> {
          try {
            return call.call();
          } finally {
            interruptedAtEnd = Thread.currentThread().isInterrupted();
          }
        });
    this.thread =
        virtual
            ? Thread.ofVirtual().name("background").unstarted(task)
            : Thread.ofPlatform().daemon().name("background").unstarted(task);
  }

  /** Starts a call on a virtual thread. */
  static <T> Background<T> start(Callable<T> call) {
    return start(call, true);
  }

  static <T> Background<T> start(Callable<T> call, boolean virtual) {
    Background<T> background = new Background<>(call, virtual);
    background.thread.start();
    return background;
  }

  /** Waits until the thread of the call waits for something. */
  Background<T> awaitWaiting() {
    until(() -> {
      if (task.isDone()) {
        throw new AssertionError("the call has ended: " + task);
      }
      return isWaiting();
    });
    return this;
  }

  /** Returns whether the thread of the call waits: of a virtual one a wake-up is seen at once. */
  boolean isWaiting() {
    Thread.State state = thread.getState();
    return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
  }

  void interrupt() {
    thread.interrupt();
  }

  boolean isDone() {
    return task.isDone();
  }

  /** Waits for the end of the call; returns its result or throws what it has thrown. */
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

  /** Returns whether the interrupt flag was set when the call ended. */
  boolean wasInterruptedAtEnd() throws InterruptedException {
    thread.join();
    return interruptedAtEnd;
  }
}
