package io.picomux.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteExcerptTest {

  @Test
  void endsBeforeADelimiterAndAtTheEnd() {
    assertThat(token("12,3")).isEqualTo("12");
    assertThat(token("12")).isEqualTo("12");
    for (String delimiter : new String[] {" ", "\t", "\n", "\r", ",", ":", "[", "]", "{", "}"}) {
      assertThat(token("x" + delimiter + "y")).isEqualTo("x");
    }
  }

  @Test
  void showsADelimiterByItself() {
    assertThat(token("]]")).isEqualTo("]");
    assertThat(token("}x")).isEqualTo("}");
    assertThat(token(" x")).isEqualTo(" ");
  }

  @Test
  void escapesWhateverIsNotPrintableAscii() {
    assertThat(token("\u0000\u001b\u007f\u0080\u00ff~!")).isEqualTo("\\x00\\x1b\\x7f\\x80\\xff~!");
    assertThat(token("a'b\\c\"")).isEqualTo("a\\'b\\\\c\"");
  }

  @Test
  void fillsAtMost32Characters() {
    assertThat(token("a".repeat(32))).isEqualTo("a".repeat(32));
    assertThat(token("a".repeat(33))).isEqualTo("a".repeat(29) + "...");
    assertThat(token("\u0001".repeat(8))).isEqualTo("\\x01".repeat(8));
    assertThat(token("\u0001".repeat(9))).isEqualTo("\\x01".repeat(7) + "...");
    assertThat(token("a".repeat(65_535))).isEqualTo("a".repeat(29) + "...");
    for (int plain = 0; plain < 40; plain++) {
      assertThat(token("a".repeat(plain) + "\u0001\u0001")).hasSizeLessThanOrEqualTo(32);
    }
  }

  @Test
  void startsAtThePositionGiven() {
    byte[] bytes = "abc,def".getBytes(ISO_8859_1);
    assertThat(ByteExcerpt.token(bytes, 5, 6)).isEqualTo("e");
  }

  private static String token(String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    return ByteExcerpt.token(bytes, 0, bytes.length);
  }
}
