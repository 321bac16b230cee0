package io.picomux.benchmarks.scenario;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The measured part of a run: its time, and the CPU time of this process. Not thread-safe. */
public final class Span {
  private static final double NANOS_PER_SECOND = 1e9;

  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final long beganEpochMillis = System.currentTimeMillis();
  private final long beganCpuNanos = PROCESS.getProcessCpuTime();
  private final long beganNanoTime = System.nanoTime();
  private long endedEpochMillis;
  private long tookNanos;
  private long tookCpuNanos;

  private Span() {}

  /** Starts the clock. */
  public static Span begin() {
    return new Span();
  }

  /** Stops the clock. */
  public void end() {
    tookNanos = System.nanoTime() - beganNanoTime;
    tookCpuNanos = PROCESS.getProcessCpuTime() - beganCpuNanos;
    endedEpochMillis = System.currentTimeMillis();
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
