package io.picomux.benchmarks.harness;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** CPU time that a process had used at some moments of the wall clock. Not thread-safe. */
final class CpuTimeline {
  private static final double NANOS_PER_SECOND = 1e9;

  private final NavigableMap<Long, Long> cpuNanosByEpochMillis = new TreeMap<>();

  /** Adds a moment; times may only grow. */
  void add(long epochMillis, long cpuNanos) {
    cpuNanosByEpochMillis.put(epochMillis, cpuNanos);
  }

  /**
   * Returns the CPU seconds between two moments, as if the time between two samples had been used
   * evenly. What lies before the first sample or after the last counts as idle.
   *
   * @throws IllegalStateException when there is no sample
   */
  double secondsBetween(long fromEpochMillis, long toEpochMillis) {
    return (nanosAt(toEpochMillis) - nanosAt(fromEpochMillis)) / NANOS_PER_SECOND;
  }

  private double nanosAt(long epochMillis) {
    if (cpuNanosByEpochMillis.isEmpty()) {
      throw new IllegalStateException("no sample of CPU time was taken");
    }
    Map.Entry<Long, Long> before = cpuNanosByEpochMillis.floorEntry(epochMillis);
    Map.Entry<Long, Long> after = cpuNanosByEpochMillis.ceilingEntry(epochMillis);
    if (before == null) {
      return cpuNanosByEpochMillis.firstEntry().getValue();
    }
    if (after == null || after.getKey().equals(before.getKey())) {
      return before.getValue();
    }
    double share = (double) (epochMillis - before.getKey()) / (after.getKey() - before.getKey());
    return before.getValue() + share * (after.getValue() - before.getValue());
  }
}
