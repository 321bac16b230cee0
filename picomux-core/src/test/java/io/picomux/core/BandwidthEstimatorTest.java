package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BandwidthEstimatorTest {

  private static final long SECOND_NANOS = 1_000_000_000;

  @Test
  void startsAtAMillionBytesPerSecond() {
    assertThat(new BandwidthEstimator(5).bytesPerSecond()).isEqualTo(1e6);
  }

  @Test
  void whatIsASecondOldHasHalfTheWeight() {
    BandwidthEstimator estimator = new BandwidthEstimator(0);
    estimator.onFrame(8192, SECOND_NANOS);
    assertThat(estimator.bytesPerSecond()).isCloseTo(500_000 + 4096, within(1e-6));
    estimator.onFrame(1000, 3 * SECOND_NANOS);
    assertThat(estimator.bytesPerSecond()).isCloseTo(504_096 / 4.0 + 500 * 0.75, within(1e-6));
  }

  @Test
  void timeOfTheFirstFrameRunsFromTheStart() {
    BandwidthEstimator early = new BandwidthEstimator(-7 * SECOND_NANOS);
    early.onFrame(100, -5 * SECOND_NANOS);
    assertThat(early.bytesPerSecond()).isCloseTo(250_000 + 50 * 0.75, within(1e-6));
  }

  @Test
  void followsTheFormulaOfTheCrate() {
    Random random = new Random(TestSeed.of("followsTheFormulaOfTheCrate"));
    BandwidthEstimator estimator = new BandwidthEstimator(0);
    double expected = 1e6;
    long nowNanos = 0;
    for (int i = 0; i < 10_000; i++) {
      long stepNanos = 100_000 + random.nextLong(3 * SECOND_NANOS);
      int bytes = random.nextInt(65_536);
      nowNanos += stepNanos;
      estimator.onFrame(bytes, nowNanos);

      double seconds = stepNanos / 1e9;
      double decay = 1.0 / Math.pow(2.0, seconds);
      expected = expected * decay + bytes / seconds * (1.0 - decay);
      assertThat(estimator.bytesPerSecond()).isCloseTo(expected, withinPercentage(1e-6));
    }
  }

  @Test
  void framesAtOneInstantAddTheLimitOfTheFormula() {
    BandwidthEstimator together = new BandwidthEstimator(0);
    BandwidthEstimator nearlyTogether = new BandwidthEstimator(0);
    for (int i = 1; i <= 100; i++) {
      together.onFrame(8192, 0);
      nearlyTogether.onFrame(8192, i);
    }
    assertThat(together.bytesPerSecond())
        .isCloseTo(1e6 + 100 * 8192 * Math.log(2), withinPercentage(1e-9));
    assertThat(nearlyTogether.bytesPerSecond())
        .isCloseTo(together.bytesPerSecond(), withinPercentage(1e-4));
  }

  @Test
  void cuttingAFrameInPartsAtTheSameInstantsMakesNoDifference() {
    BandwidthEstimator whole = new BandwidthEstimator(0);
    BandwidthEstimator parts = new BandwidthEstimator(0);
    whole.onFrame(3000, 1000);
    parts.onFrame(1000, 1000);
    parts.onFrame(2000, 1000);
    assertThat(parts.bytesPerSecond()).isCloseTo(whole.bytesPerSecond(), withinPercentage(1e-3));
  }

  @Test
  void approachesASteadyRate() {
    BandwidthEstimator estimator = new BandwidthEstimator(0);
    for (long frame = 1; frame <= 30_000; frame++) {
      estimator.onFrame(5000, frame * 1_000_000);
    }
    assertThat(estimator.bytesPerSecond()).isCloseTo(5e6, withinPercentage(0.1));
  }

  @Test
  void timeBeforeTheLatestFrameCountsAsThatFramesTime() {
    BandwidthEstimator estimator = new BandwidthEstimator(0);
    estimator.onFrame(0, SECOND_NANOS);
    estimator.onFrame(1000, 0);
    assertThat(estimator.bytesPerSecond())
        .isCloseTo(500_000 + 1000 * Math.log(2), withinPercentage(1e-9));
    estimator.onFrame(0, 2 * SECOND_NANOS);
    assertThat(estimator.bytesPerSecond())
        .isCloseTo(250_000 + 500 * Math.log(2), withinPercentage(1e-9));
  }

  @Test
  void clockMayWrap() {
    BandwidthEstimator estimator = new BandwidthEstimator(Long.MAX_VALUE);
    estimator.onFrame(8192, Long.MAX_VALUE + SECOND_NANOS);
    assertThat(estimator.bytesPerSecond()).isCloseTo(500_000 + 4096, within(1e-6));
  }

  @Test
  void staysFiniteAndNotNegativeWhateverTheTimes() {
    Random random = new Random(TestSeed.of("staysFiniteAndNotNegativeWhateverTheTimes"));
    BandwidthEstimator estimator = new BandwidthEstimator(random.nextLong());
    long nowNanos = 0;
    for (int i = 0; i < 200_000; i++) {
      switch (random.nextInt(4)) {
        case 0 -> nowNanos = random.nextLong();
        case 1 -> nowNanos += random.nextLong(3);
        case 2 -> nowNanos += random.nextLong(SECOND_NANOS);
        default -> {}
      }
      estimator.onFrame(random.nextBoolean() ? Integer.MAX_VALUE : random.nextInt(3), nowNanos);
      assertThat(estimator.bytesPerSecond()).isFinite().isNotNegative();
    }
  }

  @Test
  void negativeLengthIsTheCallersMistake() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BandwidthEstimator(0).onFrame(-1, 0))
        .withMessageContaining("-1");
  }
}
