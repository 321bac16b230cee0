package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MixersTest {

  /** The first numbers of SplitMix64 with seed 0, as published with its reference code. */
  @Test
  void mix64GivesTheNumbersOfSplitMix64() {
    long[] expected = {0xE220_A839_7B1D_CDAFL, 0x6E78_9E6A_A1B9_65F4L, 0x06C4_5D18_8009_454FL};
    long state = 0;
    for (long number : expected) {
      state += Mixers.GOLDEN_GAMMA;
      assertThat(Mixers.mix64(state)).isEqualTo(number);
    }
    assertThat(Mixers.mix64(0)).isZero();
  }

  /** MurmurHash3 (x86, 32 bits) of the empty text is the finalizer of its seed. */
  @Test
  void mix32GivesTheHashesOfMurmurHash3() {
    assertThat(Mixers.mix32(0)).isZero();
    assertThat(Mixers.mix32(1)).isEqualTo(0x514E_28B7);
    assertThat(Mixers.mix32(0xFFFF_FFFF)).isEqualTo(0x81F1_6F39);
  }
}
