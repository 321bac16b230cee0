package io.picomux.tunnel;

import java.time.Duration;
import java.util.Arrays;

/** The round-trip times of a series of pings. Not thread-safe. */
public final class PingStatistics {

  /** Percentiles are taken over so many of the latest round trips (800 kB at the most). */
  public static final int REMEMBERED = 100_000;

  private long sent;
  private long answered;
  private long sumNanos;
  private long minNanos = Long.MAX_VALUE;
  private long maxNanos;

  /** The latest round trips, in a ring that grows up to {@link #REMEMBERED}. */
  private long[] latestNanos = new long[64];

  /** Statistics of no ping yet. */
  public PingStatistics() {}

  /** Counts a ping that was answered after {@code roundTrip}, 0 or more. */
  public void answered(Duration roundTrip) {
    long nanos = roundTrip.toNanos();
    if (nanos < 0) {
      throw new IllegalArgumentException("round trip is " + roundTrip + ", must be 0 or more");
    }
    if (answered == latestNanos.length && latestNanos.length < REMEMBERED) {
      latestNanos = Arrays.copyOf(latestNanos, Math.min(REMEMBERED, latestNanos.length * 2));
    }
    latestNanos[(int) (answered % latestNanos.length)] = nanos;
    sent++;
    answered++;
    sumNanos = Math.addExact(sumNanos, nanos);
    minNanos = Math.min(minNanos, nanos);
    maxNanos = Math.max(maxNanos, nanos);
  }

  /** Counts a ping that was not answered. */
  public void lost() {
    sent++;
  }

  /** Pings sent so far. */
  public long sent() {
    return sent;
  }

  /** Pings answered so far. */
  public long received() {
    return answered;
  }

  /** Pings that were not answered, in per cent of those sent; 0 before the first. */
  public double lostPercent() {
    return sent == 0 ? 0 : 100.0 * (sent - answered) / sent;
  }

  /** The shortest round trip. */
  public Duration min() {
    requireAnswers();
    return Duration.ofNanos(minNanos);
  }

  /** The mean of all round trips. */
  public Duration average() {
    requireAnswers();
    return Duration.ofNanos(sumNanos / answered);
  }

  /** The longest round trip. */
  public Duration max() {
    requireAnswers();
    return Duration.ofNanos(maxNanos);
  }

  /**
   * The round trip that {@code percent} of the latest {@value #REMEMBERED} do not exceed (nearest
   * rank).
   *
   * @param percent more than 0, at most 100
   */
  public Duration percentile(double percent) {
    if (!(percent > 0 && percent <= 100)) {
      throw new IllegalArgumentException("percent is " + percent + ", must be in (0, 100]");
    }
    requireAnswers();
    int count = (int) Math.min(answered, latestNanos.length);
    long[] sorted = Arrays.copyOf(latestNanos, count);
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(percent / 100 * count);
    return Duration.ofNanos(sorted[Math.max(rank, 1) - 1]);
  }

  private void requireAnswers() {
    if (answered == 0) {
      throw new IllegalStateException("no ping was answered");
    }
  }
}
