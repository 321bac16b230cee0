package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LinkWorkloadsTest {
  private final LinkWorkloads usual = new LinkWorkloads(5, false);

  @Test
  void bulkTakesItsTimeAtTheRate() {
    assertThat(usual.amount(ScenarioKind.DOWN, 100_000_000, 100)).isEqualTo(62_500_000);
    assertThat(usual.amount(ScenarioKind.UP, 20_000_000, 40)).isEqualTo(12_500_000);
  }

  @Test
  void roundTripsTakeAFewSecondsHoweverLongTheLinkIs() {
    assertThat(usual.amount(ScenarioKind.PINGPONG, 1, 40)).isEqualTo(100);
    assertThat(usual.amount(ScenarioKind.PINGPONG, 1, 2000)).isEqualTo(20);
    assertThat(usual.amount(ScenarioKind.PINGPONG, 1, 0)).isEqualTo(4000);
  }

  @Test
  void shortRunsMakeFewerRoundTripsBesideBulk() {
    long few = new LinkWorkloads(5, true).amount(ScenarioKind.LOADED_DOWN, 1, 40);
    assertThat(few).isLessThan(usual.amount(ScenarioKind.LOADED_DOWN, 1, 40));
  }

  @Test
  void manyWorkersShareEnoughWork() {
    assertThat(usual.amount(ScenarioKind.RR, 1, 100)).isGreaterThanOrEqualTo(60 * 20);
  }
}
