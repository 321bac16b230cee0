package io.picomux.benchmarks.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/** Runs tasks at the same time, each on a thread of its own. */
final class Workers {

  private Workers() {}

  /**
   * Starts a thread for each task, lets all of them begin at once and waits for their end.
   *
   * @return the measured time from the beginning to the end of the last one
   * @throws Exception what a task has thrown first; the others are interrupted and not waited for
   */
  static <T> Outcome<T> run(ThreadFactory threads, List<? extends Callable<T>> tasks)
      throws Exception {
    CountDownLatch started = new CountDownLatch(tasks.size());
    CountDownLatch gate = new CountDownLatch(1);
    ExecutorService executor = Executors.newThreadPerTaskExecutor(threads);
    try {
      CompletionService<T> ended = new ExecutorCompletionService<>(executor);
      for (Callable<T> task : tasks) {
        ended.submit(() -> {
          started.countDown();
          gate.await();
          return task.call();
        });
      }
      started.await();
      Span span = Span.begin();
      gate.countDown();
      List<T> results = new ArrayList<>(tasks.size());
      for (int i = 0; i < tasks.size(); i++) {
        results.add(ended.take().get());
      }
      span.end();
      return new Outcome<>(span, results);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    } finally {
      executor.shutdownNow();
    }
  }

  /**
   * What came of the tasks.
   *
   * @param span the time they took together
   * @param results what each returned, in the order in which they ended
   */
  record Outcome<T>(Span span, List<T> results) {}
}
