package io.picomux;

import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;

/**
 * Runs a few threads in many orders of their steps, with Lincheck's model checker. It knows locks,
 * conditions and parked threads, and time stands still in it: a thread that waits for ever, also
 * with a timeout, is a failure, which is what finds a lost wake-up.
 *
 * <p>Assertions inside a run are plain ones: libraries that cannot be instrumented disturb it.
 */
final class Interleavings {
  /** Orders that are tried in {@code ./build verify}; more by {@code -Dpicomux.interleavings}. */
  private static final int DEFAULT_ORDERS = 100;

  private static final int ORDERS = Integer.getInteger("picomux.interleavings", DEFAULT_ORDERS);

  private static final String TOOK_TOO_LONG = "Concurrent test has hung";

  private Interleavings() {}

  /** What a thread does; anything that it throws fails the run. */
  @FunctionalInterface
  interface Step {
    void run() throws Exception;
  }

  /** Tries many orders of a scenario, which makes its objects anew each time. */
  static void explore(Step scenario) {
    Runnable run =
        () -> {
          try {
            scenario.run();
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        };
    try {
      Lincheck.runConcurrentTest(ORDERS, run);
    } catch (LincheckAssertionError e) {
      if (!String.valueOf(e.getMessage()).contains(TOOK_TOO_LONG)) {
        throw e;
      }
      // The first order includes the instrumentation of classes, for which a busy machine may need
      // more than Lincheck's 30 s. A thread that waits for ever is reported in other words.
      Lincheck.runConcurrentTest(ORDERS, run);
    }
  }

  /** Runs steps at the same time, within a scenario, and waits for all of them. */
  static void together(Step... steps) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    Throwable[] failures = new Throwable[steps.length];
    for (int i = 0; i < steps.length; i++) {
      int index = i;
      threads.add(
          new Thread(() -> {
            try {
              steps[index].run();
            } catch (Throwable e) {
              failures[index] = e;
            }
          }));
    }
    for (Thread thread : threads) {
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (Throwable failure : failures) {
      if (failure != null) {
        throw new AssertionError(failure);
      }
    }
  }

  /** A plain assertion. */
  static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
