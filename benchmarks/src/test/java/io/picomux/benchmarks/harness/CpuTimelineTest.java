package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class CpuTimelineTest {

  private static CpuTimeline timeline() {
    CpuTimeline timeline = new CpuTimeline();
    timeline.add(1000, 500_000_000L);
    timeline.add(1100, 600_000_000L);
    timeline.add(1300, 600_000_000L);
    return timeline;
  }

  @Test
  void betweenSamplesTheTimeIsUsedEvenly() {
    assertThat(timeline().secondsBetween(1050, 1200)).isCloseTo(0.05, within(1e-9));
  }

  @Test
  void samplesThemselvesAreExact() {
    assertThat(timeline().secondsBetween(1000, 1300)).isCloseTo(0.1, within(1e-9));
  }

  @Test
  void outsideTheSamplesTheProcessIsIdle() {
    assertThat(timeline().secondsBetween(0, 5000)).isCloseTo(0.1, within(1e-9));
  }

  @Test
  void withoutSamplesThereIsNoAnswer() {
    assertThatThrownBy(() -> new CpuTimeline().secondsBetween(0, 1))
        .isInstanceOf(IllegalStateException.class);
  }
}
