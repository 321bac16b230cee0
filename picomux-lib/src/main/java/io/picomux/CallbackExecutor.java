package io.picomux;

import io.picomux.log.GuardedLogger;
import io.picomux.log.LimitedLog;
import io.picomux.loop.EventLoop;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Runs callbacks of the application's and completes its futures: on the executor that the
 * application has chosen, or on a virtual thread when that one refuses, so that no future stays
 * incomplete because a pool was shut down or can make no more threads. Safe for concurrent use;
 * called without any lock, as an executor may run a task where it is called.
 */
final class CallbackExecutor implements Executor {
  private static final System.Logger LOG = GuardedLogger.ofLibrary();

  private static final LimitedLog REFUSALS =
      new LimitedLog(LOG, System.Logger.Level.WARNING, "sessions whose executor refuses callbacks");

  private static final LimitedLog FAILURES =
      new LimitedLog(LOG, System.Logger.Level.WARNING, "callbacks that have thrown");

  private final Executor executor;
  private final long sessionId;
  private final AtomicBoolean refusalTold = new AtomicBoolean();
  private volatile boolean ranOnLoop;
  private volatile boolean runsOnCaller;

  /** One callback, which knows where it was run. */
  private final class Call implements Runnable {
    private final Runnable task;

    /** Of use to a thread that sees itself here, and only to that. */
    private @Nullable Thread runner;

    Call(Runnable task) {
      this.task = task;
    }

    @Override
    public void run() {
      runner = Thread.currentThread();
      CallbackExecutor.this.run(task);
    }

    boolean ranOn(Thread thread) {
      return runner == thread;
    }
  }

  CallbackExecutor(Executor executor, long sessionId) {
    this.executor = executor;
    this.sessionId = sessionId;
  }

  /** Runs a task; what it throws is logged and hurts nobody. */
  @Override
  public void execute(Runnable task) {
    try {
      Call call = new Call(task);
      executor.execute(call);
      boolean ranHere = call.ranOn(Thread.currentThread());
      if (runsOnCaller != ranHere) {
        runsOnCaller = ranHere;
      }
    } catch (RuntimeException | Error e) {
      if (refusalTold.compareAndSet(false, true)) {
        REFUSALS.log(
            "session "
                + sessionId
                + ": the executor refuses a callback; virtual threads run this one and all others"
                + " that it refuses",
            e);
      }
      Thread.ofVirtual().name("picomux-" + sessionId + "-callback").start(() -> run(task));
    }
  }

  /** Returns whether the executor has run the last callback on the thread that called it. */
  boolean runsOnCaller() {
    return runsOnCaller;
  }

  /** Returns whether since the last call something ran on a selector thread. */
  boolean takeRanOnLoop() {
    boolean taken = ranOnLoop;
    if (taken) {
      ranOnLoop = false;
    }
    return taken;
  }

  private void run(Runnable task) {
    if (!ranOnLoop && EventLoop.isLoopThread()) {
      ranOnLoop = true;
    }
    try {
      task.run();
    } catch (Throwable e) {
      FAILURES.log("session " + sessionId + ": a callback has thrown", e);
    }
  }
}
