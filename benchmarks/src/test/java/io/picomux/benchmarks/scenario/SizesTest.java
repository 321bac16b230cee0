package io.picomux.benchmarks.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SizesTest {
  @Test
  void theWarmUpIsDividedIntoPartsAsLongAsWhatIsMeasured() {
    assertThat(Sizes.ofBulk(1, 100, 800).warmupParts()).isEqualTo(8);
    assertThat(Sizes.ofBulk(1, 100, 850).warmupParts()).isEqualTo(8);
  }

  @Test
  void aShortWarmUpIsOnePartAndNoneIsNone() {
    assertThat(Sizes.ofBulk(1, 100, 30).warmupParts()).isEqualTo(1);
    assertThat(Sizes.ofBulk(1, 100, 0).warmupParts()).isZero();
  }
}
