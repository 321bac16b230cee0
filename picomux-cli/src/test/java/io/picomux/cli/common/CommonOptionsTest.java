package io.picomux.cli.common;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CommonOptionsTest {

  @Test
  void aFrameIsOneLineInColumns() {
    assertThat(CommonOptions.frameLine(false, "PSH", 15, 12)).isEqualTo("<< 0x0000000f    12 PSH");
    assertThat(CommonOptions.frameLine(true, "SYN", -1, 65_535))
        .isEqualTo(">> 0xffffffff 65535 SYN");
  }
}
