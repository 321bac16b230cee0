package io.picomux;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The virtual threads of a stress run: the first failure of any of them is kept, and some may be
 * interrupted at any time. Safe for concurrent use.
 */
final class StressThreads {
  /**
   * How long every thread may take to end after the last session; the linger of a close is 30 s.
   */
  private static final long LAST_CALL_NANOS = 90_000_000_000L;

  private final StressCounts counts;
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();
  private final Set<Thread> disturbed = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  StressThreads(StressCounts counts) {
    this.counts = counts;
  }

  Thread start(Runnable task) {
    Thread thread =
        Thread.ofVirtual()
            .name("stress")
            .unstarted(() -> {
              try {
                task.run();
              } catch (Throwable e) {
                fail(e);
              } finally {
                running.remove(Thread.currentThread());
              }
            });
    running.add(thread);
    thread.start();
    return thread;
  }

  /** Starts a task that may be interrupted. */
  Thread startDisturbed(Runnable task) {
    return start(() -> disturbed(task));
  }

  /** Runs a task that may be interrupted. */
  void disturbed(Runnable task) {
    disturbed.add(Thread.currentThread());
    try {
      task.run();
    } finally {
      disturbed.remove(Thread.currentThread());
      Thread.interrupted();
    }
  }

  /** Interrupts about one in a hundred. */
  void disturb(Random random) {
    for (Thread thread : disturbed) {
      if (random.nextInt(100) == 0) {
        thread.interrupt();
      }
    }
  }

  /** Waits for a thread, whatever interrupts come. */
  void join(Thread thread) {
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        counts.noteEarlyEnd(true);
      }
    }
  }

  void fail(Throwable e) {
    failure.compareAndSet(null, e);
  }

  boolean hasFailed() {
    return failure.get() != null;
  }

  /** Fails with the first failure of any thread. */
  void checkFailures() {
    Throwable first = failure.get();
    if (first != null) {
      throw new AssertionError("a thread of the run failed", first);
    }
  }

  /** Waits for the end of all threads; what hangs is shown in a dump of all threads. */
  void awaitAll(Path dump) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LAST_CALL_NANOS;
    for (Thread thread : running) {
      long left = Math.max(1, deadline - System.nanoTime());
      if (!thread.join(java.time.Duration.ofNanos(left))) {
        dump(dump);
        throw new AssertionError(running.size() + " calls do not end; see " + dump);
      }
    }
  }

  /** Returns how many threads of the library there are, virtual ones included. */
  static long picomuxThreads(Path dump) throws IOException {
    dump(dump);
    try (var lines = Files.lines(dump)) {
      return lines.filter(line -> line.contains("\"picomux-")).count();
    }
  }

  private static void dump(Path dump) throws IOException {
    Files.createDirectories(dump.getParent());
    Files.deleteIfExists(dump);
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(
            dump.toAbsolutePath().toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
  }
}
