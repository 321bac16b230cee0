package io.picomux.reliability.faults.soak;

import com.sun.management.UnixOperatingSystemMXBean;
import io.picomux.PicoMux;
import io.picomux.ProcessStats;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/** Measures the process that it runs in. Thread-safe. */
final class SelfMeasurement {
  private final long startNanoTime = System.nanoTime();

  /** Collects the heap fully, then looks. */
  Figures take() {
    System.gc();
    ProcessStats stats = PicoMux.processStats();
    return new Figures(
        (System.nanoTime() - startNanoTime) / 1e9,
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        ManagementFactory.getThreadMXBean().getThreadCount(),
        openDescriptors(),
        directBytes(),
        stats.bytesRead() + stats.bytesWritten(),
        stats.streamsOpened(),
        stats.sessionsOpened(),
        stats.sessionsLive(),
        stats.unreadBytes());
  }

  private static long openDescriptors() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getOpenFileDescriptorCount()
        : -1;
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
