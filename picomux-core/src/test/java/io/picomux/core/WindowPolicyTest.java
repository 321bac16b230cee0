package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowPolicyTest {

  /** clamp(target / 10, 1, 500), in whole frames as the crate's integers divide. */
  @ParameterizedTest
  @CsvSource({"1,1", "9,1", "10,1", "19,1", "20,2", "1500,150", "4999,499", "5000,500", "9999,500"})
  void quantumIsATenthOfTheTarget(int targetFrames, int quantumFrames) {
    assertThat(WindowPolicy.quantumFrames(targetFrames)).isEqualTo(quantumFrames);
  }

  /** clamp(bandwidth × 1 s / 8192, 10, 1500). */
  @ParameterizedTest
  @CsvSource({
    "0, 10",
    "81919, 10",
    "90111, 10",
    "90112, 11",
    "1000000, 122",
    "12279808, 1499",
    "12288000, 1500",
    "1e300, 1500",
  })
  void debloatTargetIsOneSecondOfTheRate(double bytesPerSecond, int targetFrames) {
    assertThat(WindowPolicy.debloatTargetFrames(bytesPerSecond)).isEqualTo(targetFrames);
  }
}
