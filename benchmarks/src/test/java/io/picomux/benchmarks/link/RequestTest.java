package io.picomux.benchmarks.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RequestTest {

  private static Request decode(byte[] encoded) throws IOException {
    return Request.decode(ByteBuffer.wrap(encoded));
  }

  @Test
  void isAModeByteAndABigEndianNumber() {
    assertThat(new Request(Request.Mode.SINK, 0x0102_0304_0506_0708L).encode())
        .containsExactly('S', 1, 2, 3, 4, 5, 6, 7, 8);
  }

  @ParameterizedTest
  @EnumSource
  void isReadAgain(Request.Mode mode) throws IOException {
    Request request = new Request(mode, Long.MAX_VALUE);
    assertThat(decode(request.encode())).isEqualTo(request);
  }

  @Test
  void echoTakesAnyNumber() throws IOException {
    byte[] encoded = new Request(Request.Mode.ECHO, -1).encode();
    assertThat(decode(encoded).mode()).isEqualTo(Request.Mode.ECHO);
  }

  @Test
  void refusesOtherModesAndNumbersBeyondOurs() {
    assertThatThrownBy(() -> decode(new byte[Request.LENGTH_BYTES]))
        .hasMessage("request has mode 0, must be S, G or E");
    assertThatThrownBy(() -> decode(new Request(Request.Mode.SINK, -1).encode()))
        .hasMessage("request for 18446744073709551615 bytes");
  }
}
