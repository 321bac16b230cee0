package io.picomux.benchmarks.scenario;

import java.util.concurrent.atomic.LongAdder;

/**
 * How much of a transfer has arrived in its first two seconds: on a long link these are the time in
 * which windows grow. Safe for concurrent use.
 */
final class Progress {
  private static final double BYTES_PER_MEGABYTE = 1e6;
  private static final double EARLY_SECONDS = 2;
  private static final long EARLY_NANOS = 2_000_000_000L;

  /** A transfer that is over sooner has no steady part; chosen by judgement. */
  private static final double LEAST_SECONDS = 2 * EARLY_SECONDS;

  private final long beganNanoTime;
  private final LongAdder earlyBytes = new LongAdder();
  private final LongAdder lateBytes = new LongAdder();

  Progress(long beganNanoTime) {
    this.beganNanoTime = beganNanoTime;
  }

  /** Counts bytes that have just arrived. */
  void arrived(int bytes, long nanoTime) {
    (nanoTime - beganNanoTime < EARLY_NANOS ? earlyBytes : lateBytes).add(bytes);
  }

  /**
   * Adds the rate after the first two seconds, where arrivals were counted and took long enough.
   *
   * @param seconds how long the whole transfer took
   */
  void addTo(Result result, double seconds) {
    long late = lateBytes.sum();
    if (late > 0 && seconds >= LEAST_SECONDS) {
      result.figure("MBps_after_2s", late / BYTES_PER_MEGABYTE / (seconds - EARLY_SECONDS));
    }
  }
}
