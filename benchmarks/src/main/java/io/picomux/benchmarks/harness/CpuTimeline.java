package io.picomux.benchmarks.harness;

/** CPU time that a process had used at some moments of the wall clock. Not thread-safe. */
final class CpuTimeline {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Timeline cpuNanos = new Timeline();

  /** Adds a moment; times may only grow. */
  void add(long epochMillis, long nanos) {
    cpuNanos.add(epochMillis, (double) nanos);
  }

  /**
   * Returns the CPU seconds between two moments, as if the time between two samples had been used
   * evenly. What lies before the first sample or after the last counts as idle.
   *
   * @throws IllegalStateException when there is no sample
   */
  double secondsBetween(long fromEpochMillis, long toEpochMillis) {
    return cpuNanos.growth(fromEpochMillis, toEpochMillis) / NANOS_PER_SECOND;
  }
}
