package io.picomux.reliability.faults.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TrendTest {
  @Test
  void findsTheSlopeOfALine() {
    Trend trend = Trend.of(noisy(1000, 0, 360));
    assertThat(trend.perHour()).isCloseTo(360, within(1e-6));
    assertThat(trend.growsFasterThan(359)).isTrue();
    assertThat(trend.growsFasterThan(361)).isFalse();
  }

  @Test
  void noiseIsNoGrowth() {
    Trend trend = Trend.of(noisy(1000, 50, 0));
    assertThat(trend.low()).isNegative();
    assertThat(trend.high()).isPositive();
  }

  @Test
  void growthShowsThroughNoise() {
    assertThat(Trend.of(noisy(3600, 50, 1000)).growsFasterThan(500)).isTrue();
  }

  @Test
  void twoSamplesSayNothing() {
    assertThat(Trend.of(noisy(2, 0, 1e9)).growsFasterThan(0)).isFalse();
  }

  private static List<Trend.Point> noisy(int seconds, double noise, double perHour) {
    Random random = new Random(5);
    List<Trend.Point> points = new ArrayList<>();
    for (int i = 0; i < seconds; i++) {
      points.add(new Trend.Point(i, 7 + i * perHour / 3600 + noise * random.nextGaussian()));
    }
    return points;
  }
}
