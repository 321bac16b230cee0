package io.picomux.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PrintableTest {

  @Test
  void escapesWhatCouldBreakALineOrCommandATerminal() {
    assertThat(Printable.escape("a\r\n\u001b[2J\\u0041é\u202e\u007f", 100))
        .isEqualTo("a\\u000d\\u000a\\u001b[2J\\u005cu0041\\u00e9\\u202e\\u007f");
  }

  @Test
  void showsNoMoreThanAsked() {
    assertThat(Printable.escape("abcdef", 3)).isEqualTo("abc…");
    assertThat(Printable.escape("abc", 3)).isEqualTo("abc");
    assertThat(Printable.escape("abc", 0)).isEqualTo("…");
  }
}
