package io.picomux.benchmarks.scenario;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * The measured part of a run: its time, the CPU time of this process and what it allocates in the
 * heap meanwhile. Not thread-safe.
 */
public final class Span {
  private static final double NANOS_PER_SECOND = 1e9;

  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private static final ThreadMXBean THREADS =
      ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  private final long beganAllocatedBytes = THREADS.getTotalThreadAllocatedBytes();
  private final long beganEpochMillis = System.currentTimeMillis();
  private final long beganCpuNanos = PROCESS.getProcessCpuTime();
  private final long beganNanoTime = System.nanoTime();
  private long endedEpochMillis;
  private long tookNanos;
  private long tookCpuNanos;
  private long allocatedBytes;

  private Span() {}

  /** Starts the clock. */
  public static Span begin() {
    return new Span();
  }

  /** Stops the clock. */
  public void end() {
    tookNanos = System.nanoTime() - beganNanoTime;
    tookCpuNanos = PROCESS.getProcessCpuTime() - beganCpuNanos;
    allocatedBytes = THREADS.getTotalThreadAllocatedBytes() - beganAllocatedBytes;
    endedEpochMillis = System.currentTimeMillis();
  }

  /** Returns what all threads together have allocated, virtual ones included. */
  long allocatedBytes() {
    return allocatedBytes;
  }

  double seconds() {
    return tookNanos / NANOS_PER_SECOND;
  }

  /**
   * Adds the times. Whoever has started the server can tell from the times of the wall clock how
   * much CPU it took meanwhile.
   */
  void addTo(Result result) {
    result
        .figure("seconds", seconds())
        .figure("cpu_s", tookCpuNanos / NANOS_PER_SECOND)
        .count("from_epoch_ms", beganEpochMillis)
        .count("to_epoch_ms", endedEpochMillis);
  }
}
