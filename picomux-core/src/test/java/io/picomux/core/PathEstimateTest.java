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
}
