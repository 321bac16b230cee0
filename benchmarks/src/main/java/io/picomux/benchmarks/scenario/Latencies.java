package io.picomux.benchmarks.scenario;

import java.util.Arrays;
import java.util.Collection;

/** Round-trip times, all of them, so that percentiles are exact. Immutable. */
public final class Latencies {
  private static final double NANOS_PER_MICRO = 1e3;

  private final long[] sortedNanos;

  /**
   * Joins the times that several streams have taken.
   *
   * @throws IllegalArgumentException when there is not a single one
   */
  public Latencies(Collection<long[]> nanos) {
    sortedNanos = nanos.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    if (sortedNanos.length == 0) {
      throw new IllegalArgumentException("no round trip was made");
    }
  }

  /**
   * Returns the smallest time that at least this share of all times does not exceed (the nearest
   * rank).
   *
   * @param share above 0 and at most 1
   */
  double percentileMicros(double share) {
    int rank = (int) Math.ceil(share * sortedNanos.length);
    return sortedNanos[Math.clamp(rank, 1, sortedNanos.length) - 1] / NANOS_PER_MICRO;
  }

  int count() {
    return sortedNanos.length;
  }

  /** Adds the median and the time that one in a hundred exceeds. */
  void addTo(Result result) {
    result.figure("p50_us", percentileMicros(0.5)).figure("p99_us", percentileMicros(0.99));
  }
}
