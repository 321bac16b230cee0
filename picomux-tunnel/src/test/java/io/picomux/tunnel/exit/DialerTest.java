package io.picomux.tunnel.exit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DialerTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  @Test
  void triesTheNextAddressWhenOneRefuses() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, loopback(1));
        Dialer dialer = new Dialer(LONG);
        Socket socket =
            dialer.dial("both", List.of(loopback(2), loopback(1)), server.getLocalPort())) {
      assertThat(socket.getInetAddress()).isEqualTo(loopback(1));
      assertThat(socket.getTcpNoDelay()).isTrue();
    }
  }

  @Test
  void tellsThatEveryAddressRefuses() throws Exception {
    int closed;
    try (ServerSocket server = new ServerSocket(0, 1, loopback(1))) {
      closed = server.getLocalPort();
    }
    try (Dialer dialer = new Dialer(LONG)) {
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> dialer.dial("nobody:1", List.of(loopback(1), loopback(2)), closed))
          .withMessageStartingWith("nobody:1: ")
          .satisfies(e -> assertThat(e.refusal()).isEqualTo(Refusal.CONNECT_FAILED));
    }
  }

  @Test
  void tellsThatTheTimeIsUp() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, loopback(1));
        Dialer dialer = new Dialer(Duration.ofNanos(1))) {
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> dialer.dial("slow:1", List.of(loopback(1)), server.getLocalPort()))
          .satisfies(e -> assertThat(e.refusal()).isEqualTo(Refusal.CONNECT_TIMEOUT));
    }
  }

  @Test
  void dialsNothingOnceItIsClosed() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, loopback(1))) {
      Dialer dialer = new Dialer(LONG);
      dialer.close();
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> dialer.dial("late:1", List.of(loopback(1)), server.getLocalPort()))
          .satisfies(e -> assertThat(e.refusal()).isEqualTo(Refusal.CLOSING));
    }
  }

  private static InetAddress loopback(int last) throws Exception {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
  }
}
