package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.core.Command;
import io.picomux.core.FrameEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How sessions begin: with bytes that were read before, or not at all. */
@Timeout(30)
class BeginTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @ParameterizedTest
  @EnumSource(SessionPair.Kind.class)
  void takesBytesThatWereAlreadyReadBeforeThoseOfTheTransport(SessionPair.Kind kind)
      throws Exception {
    byte[] syn = FrameEncoder.encode(Command.SYN, 7, new byte[] {1, 2, 3});
    byte[] data = FrameEncoder.encode(Command.PSH, 7, new byte[] {4, 5});
    ByteArrayOutputStream early = new ByteArrayOutputStream();
    early.write(syn);
    early.write(data, 0, data.length - 1);
    PicoMuxBuilder settings = PicoMux.builder().alreadyRead(early.toByteArray());
    try (RawPeer peer = RawPeer.of(kind, settings)) {
      MuxStream stream = peer.mux().accept(PATIENCE);
      assertThat(stream.id()).isEqualTo(7);
      assertThat(stream.metadata()).containsExactly(1, 2, 3);
      peer.sendRaw(new byte[] {5});
      assertThat(stream.inputStream().readNBytes(2)).containsExactly(4, 5);
    }
    try (RawPeer next = RawPeer.of(kind, settings)) {
      next.send(Command.SYN, 8, new byte[0]);
      assertThat(next.mux().accept(PATIENCE).id()).isEqualTo(8);
    }
  }

  @Test
  void refusesAChannelThatIsNotConnected() throws IOException {
    try (SocketChannel channel = SocketChannel.open()) {
      assertThatThrownBy(() -> PicoMux.over(channel)).isInstanceOf(NotYetConnectedException.class);
    }
  }

  @Test
  void refusesANegativeConnectTimeout() {
    assertThatThrownBy(() -> PicoMux.builder().connectTimeout(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("timeout is PT-0.001S, must not be negative");
  }

  @Test
  void refusesAChannelThatAnotherSessionRunsOver() throws Exception {
    SocketChannel[] ends = SessionPair.channels();
    try (PicoMux first = PicoMux.over(ends[0]);
        PicoMux peer = PicoMux.over(ends[1])) {
      assertThatThrownBy(() -> PicoMux.over(ends[0]))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the channel is registered with a selector already");
      assertThat(first.ping(PATIENCE)).isPositive();
      peer.abort();
    }
  }

  @Test
  void refusesStreamsThatAreNull() throws IOException {
    try (InputStream in = InputStream.nullInputStream();
        OutputStream out = OutputStream.nullOutputStream()) {
      PicoMuxBuilder settings = PicoMux.builder();
      assertThatNullPointerException().isThrownBy(() -> settings.over(in, nothing()));
      assertThatNullPointerException().isThrownBy(() -> settings.over(nothing(), out));
      assertThatNullPointerException().isThrownBy(() -> settings.over((Transport) nothing()));
    }
  }

  /** What a caller may pass who heeds no annotation. */
  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    return null;
  }
}
