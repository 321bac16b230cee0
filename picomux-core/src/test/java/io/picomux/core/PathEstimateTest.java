package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PathEstimateTest {
  private static final long MILLISECOND = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;

  /** A path that is always full: what is under way beyond what it holds waits in a queue. */
  private static final class Path {
    final PathEstimate estimate = new PathEstimate();
    final long roundTripNanos;
    double bytesPerNano;
    long nowNanos;
    long lastRoundNanos;

    Path(long roundTripMillis, double megabytesPerSecond) {
      roundTripNanos = roundTripMillis * MILLISECOND;
      bytesPerNano = megabytesPerSecond / 1000;
    }

    double heldBytes() {
      return bytesPerNano * roundTripNanos;
    }

    void round() {
      long window = estimate.windowBytes();
      lastRoundNanos = Math.max(roundTripNanos, (long) (window / bytesPerNano));
      nowNanos += lastRoundNanos;
      estimate.onRoundTrip(lastRoundNanos, nowNanos);
      estimate.onRound(lastRoundNanos, window, true, nowNanos);
    }

    void rounds(int count) {
      for (int i = 0; i < count; i++) {
        round();
      }
    }
  }

  @Test
  void theWindowBecomesWhatThePathHoldsAndAShortQueue() {
    Path path = new Path(40, 2.5);
    path.rounds(20);
    assertThat(path.estimate.isStartup()).isFalse();
    double least = 0.99 * path.heldBytes();
    double most = 1.26 * path.bytesPerNano * 50 * MILLISECOND;
    for (int i = 0; i < 100; i++) {
      path.round();
      assertThat((double) path.estimate.windowBytes()).isBetween(least / 2, most);
    }
  }

  @Test
  void aPathThatHoldsMuchIsFullAfterAFewRounds() {
    Path path = new Path(200, 12.5);
    path.estimate.onRoundTrip(path.roundTripNanos, 0);
    path.rounds(4);
    assertThat((double) path.estimate.windowBytes()).isGreaterThan(path.heldBytes());
  }

  @Test
  void aPathThatBecomesFasterIsFullAgainSoon() {
    Path path = new Path(40, 2.5);
    path.rounds(30);
    path.bytesPerNano *= 4;
    path.rounds(24);
    assertThat((double) path.estimate.windowBytes()).isGreaterThan(path.heldBytes());
  }

  @Test
  void aPathThatBecomesSlowerHasShortQueuesAgainSoon() {
    Path path = new Path(40, 10);
    path.rounds(30);
    path.bytesPerNano /= 4;
    path.rounds(20);
    assertThat(path.lastRoundNanos).isLessThan(66 * MILLISECOND);
  }

  @Test
  void theShortestRoundTripIsSeenAgainAndAgain() {
    Path path = new Path(100, 5);
    for (long until = 10 * SECOND; until <= 600 * SECOND; until += 10 * SECOND) {
      while (path.nowNanos < until) {
        path.round();
      }
      assertThat(path.estimate.shortestRoundNanos())
          .as("after %d s", until / SECOND)
          .isCloseTo(100 * MILLISECOND, within(2 * MILLISECOND));
    }
  }

  @Test
  void aRoundTripThatHasBecomeLongerIsBelievedInTime() {
    PathEstimate estimate = new PathEstimate();
    estimate.onRoundTrip(10 * MILLISECOND, 0);
    estimate.onRoundTrip(50 * MILLISECOND, 14 * SECOND);
    assertThat(estimate.shortestRoundNanos()).isEqualTo(10 * MILLISECOND);
    estimate.onRoundTrip(50 * MILLISECOND, 16 * SECOND);
    assertThat(estimate.shortestRoundNanos()).isEqualTo(50 * MILLISECOND);
  }

  @Test
  void whoHasLittleToSendTellsNothingOfThePath() {
    Path path = new Path(40, 2.5);
    path.rounds(30);
    for (int i = 0; i < 100; i++) {
      path.nowNanos += SECOND;
      path.estimate.onRound(SECOND, 100, false, path.nowNanos);
    }
    assertThat((double) path.estimate.windowBytes()).isGreaterThan(path.heldBytes());
  }

  @Test
  void whereNothingComesForARoundTripTheWindowHoldsTwoMoreForAWhile() {
    Path path = new Path(100, 1);
    path.rounds(20);
    path.estimate.onBytes(30_000, 80 * MILLISECOND, path.nowNanos);
    path.estimate.onBytes(30_000, 0, path.nowNanos);
    path.round();
    assertThat((double) path.estimate.windowBytes()).isGreaterThan(3 * path.heldBytes());
    path.rounds(20);
    assertThat((double) path.estimate.windowBytes()).isLessThan(1.5 * path.heldBytes());
  }

  @Test
  void aSenderThatPausesIsNotTakenForALoss() {
    Path path = new Path(100, 1);
    path.rounds(20);
    path.estimate.onBytes(8_192, 80 * MILLISECOND, path.nowNanos);
    for (int i = 0; i < 20; i++) {
      path.nowNanos += 8 * MILLISECOND;
      path.estimate.onBytes(8_192, 8 * MILLISECOND, path.nowNanos);
    }
    path.round();
    assertThat((double) path.estimate.windowBytes()).isLessThan(1.5 * path.heldBytes());
  }

  @Test
  void theWindowIsNeverTooSmallForTwoStreams() {
    Path path = new Path(1, 0.01);
    path.rounds(50);
    assertThat(path.estimate.windowBytes())
        .isBetween(PathEstimate.LEAST_BYTES, PathEstimate.LEAST_BYTES * 5 / 4);
  }

  /** A path of 2.5 MB a second, of which every round says just that. */
  private static PathEstimate afterStartup(long roundNanos) {
    PathEstimate estimate = new PathEstimate();
    estimate.onRoundTrip(roundNanos, 0);
    for (int i = 0; i < 4; i++) {
      assertThat(estimate.isStartup()).as("before round %d", i).isTrue();
      estimate.onRound(roundNanos, roundNanos / 400, true, 0);
    }
    assertThat(estimate.isStartup()).isFalse();
    return estimate;
  }

  private static long windowAfter(PathEstimate estimate, long bytes, long nowNanos) {
    estimate.onRound(40 * MILLISECOND, bytes, true, nowNanos);
    return estimate.windowBytes();
  }

  @Test
  void oneRoundTriesAShorterOneAndOneOfEightAsksForMore() {
    PathEstimate estimate = afterStartup(40 * MILLISECOND);
    assertThat(estimate.windowBytes()).as("48 ms of the rate").isEqualTo(120_000);
    assertThat(windowAfter(estimate, 100_000, SECOND)).as("30 ms").isEqualTo(75_000);
    assertThat(windowAfter(estimate, 100_000, SECOND)).isEqualTo(120_000);
    assertThat(windowAfter(estimate, 100_000, SECOND)).isEqualTo(120_000);
    assertThat(windowAfter(estimate, 100_000, SECOND)).as("a quarter more").isEqualTo(150_000);
    assertThat(windowAfter(estimate, 112_500, SECOND)).as("no success yet").isEqualTo(120_000);
    assertThat(windowAfter(estimate, 100_000, 11 * SECOND)).as("10 s later").isEqualTo(120_000);
    assertThat(windowAfter(estimate, 100_000, 11 * SECOND + 1)).isEqualTo(75_000);
  }

  @Test
  void aProbeThatBringsMoreIsFollowedByAnother() {
    PathEstimate estimate = afterStartup(40 * MILLISECOND);
    for (int i = 0; i < 4; i++) {
      windowAfter(estimate, 100_000, SECOND);
    }
    assertThat(windowAfter(estimate, 120_000, SECOND))
        .as("48 ms of 3 MB/s and a quarter")
        .isEqualTo(180_000);
    assertThat(windowAfter(estimate, 144_000, SECOND)).isEqualTo(216_000);
  }

  /** A round in which a thread slept and then found much at once. */
  @Test
  void oneFastRoundIsNotBelieved() {
    PathEstimate estimate = afterStartup(40 * MILLISECOND);
    windowAfter(estimate, 100_000, SECOND);
    assertThat(windowAfter(estimate, 400_000, SECOND)).isEqualTo(120_000);
    assertThat(windowAfter(estimate, 300_000, SECOND)).as("the second of them").isEqualTo(360_000);
  }

  @Test
  void aMuchShorterRoundTripIsLookedIntoAtOnce() {
    PathEstimate estimate = afterStartup(40 * MILLISECOND);
    assertThat(windowAfter(estimate, 100_000, SECOND)).isEqualTo(75_000);
    estimate.onRoundTrip(37_500_000, SECOND);
    assertThat(windowAfter(estimate, 100_000, SECOND)).as("a sixteenth less").isEqualTo(113_750);
    estimate.onRoundTrip(30 * MILLISECOND, SECOND);
    assertThat(windowAfter(estimate, 100_000, SECOND))
        .as("three quarters of 30 ms")
        .isEqualTo(56_250);
  }

  @Test
  void aRoundTripWithinASixteenthConfirmsTheShortest() {
    for (long nanos : new long[] {34 * MILLISECOND, 34 * MILLISECOND + 1}) {
      PathEstimate estimate = new PathEstimate();
      estimate.onRoundTrip(32 * MILLISECOND, 0);
      estimate.onRoundTrip(nanos, 14 * SECOND);
      assertThat(estimate.shortestRoundNanos()).isEqualTo(32 * MILLISECOND);
      estimate.onRoundTrip(50 * MILLISECOND, 15 * SECOND);
      assertThat(estimate.shortestRoundNanos()).as("15 s old").isEqualTo(32 * MILLISECOND);
      estimate.onRoundTrip(50 * MILLISECOND, 15 * SECOND + 1);
      assertThat(estimate.shortestRoundNanos())
          .as("after one of %d ns", nanos)
          .isEqualTo((nanos == 34 * MILLISECOND ? 32 : 50) * MILLISECOND);
    }
  }

  @Test
  void queuesMayAddMoreToVeryShortAndVeryLongRoundTrips() {
    assertThat(afterStartup(5 * MILLISECOND - 1).windowBytes())
        .as("35 ms")
        .isBetween(87_490L, 87_500L);
    assertThat(afterStartup(5 * MILLISECOND).windowBytes())
        .as("13 ms, but for the least")
        .isEqualTo(32_768);
    assertThat(afterStartup(20 * MILLISECOND).windowBytes()).as("28 ms").isEqualTo(70_000);
    assertThat(afterStartup(100 * MILLISECOND).windowBytes()).as("120 ms").isEqualTo(300_000);
  }

  /** A path within a machine, of which somebody waits for small frames at some time. */
  private static long windowWithAnswers(double bytesPerNano, long smallFrameAt, long nowNanos) {
    PathEstimate estimate = new PathEstimate();
    long bytes = (long) (bytesPerNano * MILLISECOND);
    estimate.onRoundTrip(MILLISECOND / 10, 0);
    estimate.onSmallFrame(smallFrameAt);
    for (int i = 0; i < 6; i++) {
      estimate.onRound(MILLISECOND, bytes, true, nowNanos);
    }
    assertThat(estimate.isStartup()).isFalse();
    return estimate.windowBytes();
  }

  @Test
  void withinAMachineQueuesAreShortWhileSomebodyWaitsForSmallAnswers() {
    assertThat(windowWithAnswers(1, SECOND, 2 * SECOND))
        .as("0.1 ms of 1 GB/s and a mebibyte")
        .isEqualTo(100_000 + (1 << 20));
    assertThat(windowWithAnswers(1, SECOND, 2 * SECOND + 1))
        .as("30.1 ms, a second later")
        .isEqualTo(30_100_000);
    assertThat(windowWithAnswers(10, SECOND, SECOND))
        .as("0.1 and 0.25 ms of 10 GB/s")
        .isEqualTo(3_500_000);
    assertThat(windowWithAnswers(0.0125, SECOND, SECOND))
        .as("30.1 ms of 12.5 MB/s, less than a mebibyte")
        .isEqualTo(376_250);
  }

  @Test
  void overLongRoundTripsSmallAnswersChangeNothing() {
    PathEstimate estimate = afterStartup(40 * MILLISECOND);
    estimate.onSmallFrame(SECOND);
    windowAfter(estimate, 100_000, SECOND);
    assertThat(windowAfter(estimate, 100_000, SECOND)).isEqualTo(120_000);
  }
}
