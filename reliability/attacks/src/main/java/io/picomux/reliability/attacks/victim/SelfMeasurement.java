package io.picomux.reliability.attacks.victim;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;

/** Measures this process. Safe for concurrent use. */
final class SelfMeasurement {
  /**
   * Threads that the JDK starts once for its own use, when virtual threads run and wait and when
   * something is to be done later.
   */
  private static final Set<String> THREADS_OF_THE_JDK =
      Set.of(
          "ForkJoinPool-",
          "ForkJoinPool.commonPool-delayScheduler",
          "CompletableFutureDelayScheduler",
          "VirtualThread-",
          "Read-Poller",
          "Write-Poller",
          "Common-Cleaner");

  /** How a dump marks a virtual thread, after its number and name. */
  private static final String VIRTUAL = "\" virtual";

  private SelfMeasurement() {}

  static Figures take(int sessions, long acceptedStreams) throws IOException {
    // The second collection takes what finalization and reference queues of the first have let go.
    System.gc();
    System.gc();
    return new Figures(
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        directBytes(),
        platformThreads(),
        virtualThreads(),
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
            .getProcessCpuTime(),
        sessions,
        acceptedStreams);
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  private static int platformThreads() {
    return (int)
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread ->
                THREADS_OF_THE_JDK.stream().noneMatch(name -> thread.getName().startsWith(name)))
            .count();
  }

  private static int virtualThreads() throws IOException {
    Path folder = Files.createTempDirectory("picomux-victim");
    Path dump = folder.resolve("threads.txt");
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
      try (Stream<String> lines = Files.lines(dump)) {
        return (int) lines.filter(line -> line.startsWith("#") && line.contains(VIRTUAL)).count();
      }
    } finally {
      Files.deleteIfExists(dump);
      Files.delete(folder);
    }
  }
}
