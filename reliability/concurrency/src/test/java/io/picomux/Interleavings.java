package io.picomux;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;

/**
 * Runs a few threads in many orders of their steps, with Lincheck's model checker. It knows locks,
 * conditions and parked threads, and time stands still in it: a thread that waits for ever, also
 * with a timeout, is a failure, which is what finds a lost wake-up.
 *
 * <p>Assertions inside a run are plain ones: libraries that cannot be instrumented disturb it. For
 * the same reason what is shared is made by {@code new} in a scenario or a lambda of it, never by a
 * reference to a constructor: Lincheck does not see who calls that, takes the object for one of a
 * single thread and switches nowhere in it.
 */
final class Interleavings {
  /** Orders of a scenario of small classes in {@code ./build verify}; these take a millisecond. */
  private static final int ORDERS_OF_PARTS = 1000;

  /** Orders in which a planted defect is looked for: the search ends when it is found. */
  private static final int ORDERS_OF_MUTANTS = 10_000;

  /** Orders of a scenario of a whole session in {@code ./build verify}; these take far longer. */
  private static final int ORDERS_OF_SESSIONS = 20;

  /** Runs of a scenario with real threads in {@code ./build verify}. */
  private static final int RACES = 2000;

  /** A run takes milliseconds; chosen by judgement: longer than any pause of a busy machine. */
  private static final long HANG_SECONDS = 20;

  /** By how much these numbers are multiplied in a long run. */
  private static final int FACTOR = Integer.getInteger("picomux.interleavings.factor", 1);

  private static final String TOOK_TOO_LONG = "Concurrent test has hung";

  private Interleavings() {}

  /** What a thread does; anything that it throws fails the run. */
  @FunctionalInterface
  interface Step {
    void run() throws Exception;
  }

  /** Tries many orders of a scenario, which makes its objects anew each time. */
  static void explore(Step scenario) {
    explore(ORDERS_OF_PARTS * FACTOR, scenario);
  }

  /** Like {@link #explore(Step)}, for a scenario with a {@link ModelSession}. */
  static void exploreSession(Step scenario) {
    explore(ORDERS_OF_SESSIONS * FACTOR, scenario);
  }

  /**
   * Runs a scenario with real threads, many times, as the machine happens to interleave them. One
   * that hangs fails.
   */
  static void race(Step scenario) {
    AtomicInteger runs = new AtomicInteger();
    CompletableFuture<Void> result = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            while (runs.getAndIncrement() < RACES * FACTOR) {
              scenario.run();
            }
            result.complete(null);
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    while (true) {
      int seen = runs.get();
      try {
        result.get(HANG_SECONDS, TimeUnit.SECONDS);
        return;
      } catch (ExecutionException e) {
        throw new AssertionError(e.getCause());
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      } catch (TimeoutException e) {
        if (runs.get() == seen) {
          throw new AssertionError("run " + seen + " hangs", e);
        }
      }
    }
  }

  private static void explore(int orders, Step scenario) {
    Runnable run =
        () -> {
          try {
            scenario.run();
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        };
    try {
      Lincheck.runConcurrentTest(orders, run);
    } catch (LincheckAssertionError e) {
      if (!String.valueOf(e.getMessage()).contains(TOOK_TOO_LONG)) {
        throw e;
      }
      // The first order includes the instrumentation of classes, for which a busy machine may need
      // more than Lincheck's 30 s. A thread that waits for ever is reported in other words.
      Lincheck.runConcurrentTest(orders, run);
    }
  }

  /**
   * Returns whether a scenario with a planted defect fails, as it must: a check that cannot fail
   * shows nothing.
   */
  static boolean isCaught(Step scenario) {
    try {
      explore(ORDERS_OF_MUTANTS, scenario);
      return false;
    } catch (LincheckAssertionError e) {
      return true;
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
