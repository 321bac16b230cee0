package io.picomux.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PingStatisticsTest {

  @Test
  void sumsUp() {
    PingStatistics statistics = new PingStatistics();
    for (int millis = 100; millis >= 1; millis--) {
      statistics.answered(Duration.ofMillis(millis));
    }
    statistics.lost();
    assertThat(statistics.sent()).isEqualTo(101);
    assertThat(statistics.received()).isEqualTo(100);
    assertThat(statistics.lostPercent()).isEqualTo(100.0 / 101);
    assertThat(statistics.min()).isEqualTo(Duration.ofMillis(1));
    assertThat(statistics.average()).isEqualTo(Duration.ofNanos(50_500_000));
    assertThat(statistics.max()).isEqualTo(Duration.ofMillis(100));
    assertThat(statistics.percentile(99)).isEqualTo(Duration.ofMillis(99));
    assertThat(statistics.percentile(50)).isEqualTo(Duration.ofMillis(50));
    assertThat(statistics.percentile(100)).isEqualTo(Duration.ofMillis(100));
    assertThat(statistics.percentile(0.001)).isEqualTo(Duration.ofMillis(1));
  }

  @Test
  void percentilesForgetTheOldestAndSumsDoNot() {
    PingStatistics statistics = new PingStatistics();
    statistics.answered(Duration.ofSeconds(9));
    for (int i = 0; i < PingStatistics.REMEMBERED; i++) {
      statistics.answered(Duration.ofMillis(1));
    }
    assertThat(statistics.percentile(100)).isEqualTo(Duration.ofMillis(1));
    assertThat(statistics.max()).isEqualTo(Duration.ofSeconds(9));
    assertThat(statistics.received()).isEqualTo(PingStatistics.REMEMBERED + 1);
  }

  @Test
  void hasNothingToTellBeforeTheFirstAnswer() {
    PingStatistics statistics = new PingStatistics();
    assertThat(statistics.lostPercent()).isZero();
    assertThatIllegalStateException().isThrownBy(statistics::min);
    assertThatIllegalStateException().isThrownBy(() -> statistics.percentile(99));
    assertThatIllegalArgumentException().isThrownBy(() -> statistics.percentile(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> statistics.answered(Duration.ofNanos(-1)));
  }
}
