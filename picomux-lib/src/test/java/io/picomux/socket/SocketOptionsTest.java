package io.picomux.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SocketOptionsTest {
  private Sessions sessions;
  private MuxSocket socket;
  private MuxServerSocket serverSocket;

  @BeforeEach
  void open() throws IOException {
    sessions = Sessions.open();
    socket = sessions.connect()[0];
    serverSocket = new MuxServerSocket(sessions.server());
  }

  @AfterEach
  void close() {
    sessions.close();
  }

  @Test
  void theDefaultsAreThoseOfATcpSocket() throws Exception {
    assertThat(socket.getTcpNoDelay()).isFalse();
    assertThat(socket.getKeepAlive()).isFalse();
    assertThat(socket.getSoLinger()).isEqualTo(-1);
    assertThat(socket.getSoTimeout()).isZero();
    assertThat(socket.getOOBInline()).isFalse();
    assertThat(socket.getReuseAddress()).isFalse();
    assertThat(socket.getTrafficClass()).isZero();
    assertThat(socket.getSendBufferSize()).isPositive();
    assertThat(socket.getReceiveBufferSize()).isPositive();
    assertThat(serverSocket.getReuseAddress()).isTrue();
    assertThat(serverSocket.getReceiveBufferSize()).isPositive();
  }

  @Test
  void settersAreRemembered() throws Exception {
    socket.setTcpNoDelay(true);
    socket.setKeepAlive(true);
    socket.setSoLinger(true, 5);
    socket.setOOBInline(true);
    socket.setReuseAddress(true);
    socket.setTrafficClass(16);
    socket.setSendBufferSize(1000);
    socket.setReceiveBufferSize(2000);
    socket.setPerformancePreferences(1, 2, 3);
    assertThat(socket.getTcpNoDelay()).isTrue();
    assertThat(socket.getKeepAlive()).isTrue();
    assertThat(socket.getSoLinger()).isEqualTo(5);
    assertThat(socket.getOOBInline()).isTrue();
    assertThat(socket.getReuseAddress()).isTrue();
    assertThat(socket.getTrafficClass()).isEqualTo(16);
    assertThat(socket.getSendBufferSize()).isEqualTo(1000);
    assertThat(socket.getReceiveBufferSize()).isEqualTo(2000);
    socket.setSoLinger(true, 1_000_000);
    assertThat(socket.getSoLinger()).isEqualTo(65_535);
    socket.setSoLinger(false, 0);
    assertThat(socket.getSoLinger()).isEqualTo(-1);
    serverSocket.setReuseAddress(false);
    serverSocket.setReceiveBufferSize(3000);
    serverSocket.setPerformancePreferences(1, 2, 3);
    assertThat(serverSocket.getReuseAddress()).isFalse();
    assertThat(serverSocket.getReceiveBufferSize()).isEqualTo(3000);
  }

  @Test
  void namedOptionsAndGettersShowTheSameValues() throws Exception {
    assertThat(socket.setOption(StandardSocketOptions.TCP_NODELAY, true)).isSameAs(socket);
    assertThat(socket.getTcpNoDelay()).isTrue();
    socket.setTrafficClass(8);
    assertThat(socket.getOption(StandardSocketOptions.IP_TOS)).isEqualTo(8);
    assertThat(serverSocket.setOption(StandardSocketOptions.SO_RCVBUF, 5)).isSameAs(serverSocket);
    assertThat(serverSocket.getReceiveBufferSize()).isEqualTo(5);
    for (var option : socket.supportedOptions()) {
      assertThat(socket.getOption(option)).isInstanceOf(option.type());
    }
    for (var option : serverSocket.supportedOptions()) {
      assertThat(serverSocket.getOption(option)).isInstanceOf(option.type());
    }
  }

  /**
   * Libraries set options that they find on a TCP socket of this JDK and do not expect a refusal.
   */
  @Test
  void everyOptionOfATcpSocketOfThisJdkIsSupported() throws Exception {
    try (Socket tcp = new Socket();
        ServerSocket tcpServer = new ServerSocket()) {
      assertThat(socket.supportedOptions()).containsAll(tcpOptions(tcp.supportedOptions()));
      assertThat(serverSocket.supportedOptions())
          .containsAll(tcpOptions(tcpServer.supportedOptions()));
    }
  }

  /** All but one that names a queue of the network card, which a stream has none of. */
  private static List<SocketOption<?>> tcpOptions(Set<SocketOption<?>> all) {
    return all.stream().filter(option -> !option.name().equals("SO_INCOMING_NAPI_ID")).toList();
  }

  @Test
  void valuesOutOfRangeAndUnknownOptionsAreRefused() {
    assertThatThrownBy(() -> socket.setTrafficClass(256))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("IP_TOS is 256, must be 0 to 255");
    assertThatThrownBy(() -> socket.setSendBufferSize(0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> socket.setReceiveBufferSize(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> socket.setSoLinger(true, -1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> socket.getOption(StandardSocketOptions.SO_BROADCAST))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> serverSocket.setOption(StandardSocketOptions.TCP_NODELAY, true))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void urgentDataIsRefused() {
    assertThatThrownBy(() -> socket.sendUrgentData(1)).isInstanceOf(SocketException.class);
  }
}
