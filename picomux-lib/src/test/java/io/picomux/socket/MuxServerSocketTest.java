package io.picomux.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.SessionException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MuxServerSocketTest {
  private Sessions sessions;
  private MuxServerSocket listener;

  @BeforeEach
  void open() throws IOException {
    sessions = Sessions.open();
    listener = new MuxServerSocket(sessions.server());
  }

  @AfterEach
  void close() {
    sessions.close();
  }

  @Test
  void acceptReturnsTheStreamsOfThePeerInOrder() throws Exception {
    for (int i = 0; i < 10; i++) {
      sessions.client().open(("stream " + i).getBytes(UTF_8));
    }
    for (int i = 0; i < 10; i++) {
      assertThat(metadata(listener.accept())).isEqualTo("stream " + i);
    }
  }

  @Test
  void acceptWaitsForAStream() throws Exception {
    Blocked<MuxSocket> accept = Blocked.start(listener::accept);
    sessions.client().open("late".getBytes(UTF_8));
    assertThat(metadata(accept.get())).isEqualTo("late");
  }

  @Test
  void aTimeoutLosesNoStream() throws Exception {
    int streams = 300;
    listener.setSoTimeout(1);
    assertThat(listener.getSoTimeout()).isEqualTo(1);
    Semaphore timeouts = new Semaphore(0);
    Blocked<Boolean> opener =
        Blocked.start(() -> {
          for (int i = 0; i < streams; i++) {
            timeouts.acquire();
            sessions.client().open(String.valueOf(i).getBytes(UTF_8));
          }
          return true;
        });
    Set<String> accepted = new HashSet<>();
    while (accepted.size() < streams) {
      try {
        accepted.add(metadata(listener.accept()));
      } catch (SocketTimeoutException e) {
        timeouts.release();
      }
    }
    assertThat(opener.get()).isTrue();
    assertThat(accepted).hasSize(streams).contains("0", String.valueOf(streams - 1));
  }

  @Test
  void closingWakesEveryAcceptAndLeavesTheSession() throws Exception {
    Blocked<MuxSocket> first = Blocked.start(listener::accept);
    Blocked<MuxSocket> second = Blocked.start(listener::accept);
    listener.close();
    assertThatThrownBy(first::get).isInstanceOf(SocketException.class).hasMessage("Socket closed");
    assertThatThrownBy(second::get).isInstanceOf(SocketException.class);
    assertThat(listener.isClosed()).isTrue();
    assertThatThrownBy(listener::accept)
        .isInstanceOf(SocketException.class)
        .hasMessage("Socket is closed");

    sessions.client().open("next".getBytes(UTF_8));
    assertThat(metadata(new MuxServerSocket(sessions.server()).accept())).isEqualTo("next");
  }

  @Test
  void anInterruptEndsAcceptAndLeavesItUsable() throws Exception {
    Blocked<Boolean> accept =
        Blocked.start(() -> {
          try {
            listener.accept();
            return false;
          } catch (InterruptedIOException e) {
            return Thread.interrupted();
          }
        });
    accept.interrupt();
    assertThat(accept.get()).isTrue();
    sessions.client().open("next".getBytes(UTF_8));
    assertThat(metadata(listener.accept())).isEqualTo("next");
  }

  @Test
  void theEndOfTheSessionIsTheCauseAndClosesTheServerSocket() throws Exception {
    Blocked<MuxSocket> accept = Blocked.start(listener::accept);
    sessions.server().abort();
    assertThatThrownBy(accept::get)
        .isInstanceOf(SocketException.class)
        .hasCauseInstanceOf(SessionException.class);
    assertThat(listener.isClosed()).isTrue();
  }

  @Test
  void addressesAreRemembered() throws Exception {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080);
    MuxServerSocketFactory factory = new MuxServerSocketFactory(sessions.server());
    MuxServerSocket unbound = factory.createServerSocket();
    assertThat(unbound.isBound()).isFalse();
    assertThat(unbound.getLocalPort()).isEqualTo(-1);
    assertThat(unbound.getInetAddress()).isNull();
    assertThat(unbound.getLocalSocketAddress()).isNull();
    assertThatThrownBy(unbound::accept)
        .isInstanceOf(SocketException.class)
        .hasMessage("Socket is not bound yet");
    unbound.bind(address, 5);
    assertThatThrownBy(() -> unbound.bind(address)).isInstanceOf(SocketException.class);
    assertThat(unbound.getLocalSocketAddress()).isEqualTo(address);
    assertThat(unbound.getInetAddress()).isEqualTo(InetAddress.getLoopbackAddress());
    assertThat(unbound.getLocalPort()).isEqualTo(8080);
    assertThat(unbound.getChannel()).isNull();
    sessions.client().open(new byte[0]);
    assertThat(unbound.accept().getLocalSocketAddress()).isEqualTo(address);

    assertThat(listener.isBound()).isTrue();
    assertThat(factory.createServerSocket(7).getLocalPort()).isEqualTo(7);
    assertThat(factory.createServerSocket(8, 1).getLocalPort()).isEqualTo(8);
    assertThat(factory.createServerSocket(9, 1, address.getAddress()).getLocalSocketAddress())
        .isEqualTo(new InetSocketAddress(address.getAddress(), 9));
  }

  @Test
  void aFactoryByNameFindsTheSession() throws Exception {
    MuxSessions.register("server of the test", sessions.server());
    MuxServerSocket byName =
        new MuxServerSocketFactory("server of the test").createServerSocket(80);
    sessions.client().open("named".getBytes(UTF_8));
    assertThat(metadata(byName.accept())).isEqualTo("named");
    assertThatThrownBy(() -> new MuxServerSocketFactory("nobody").createServerSocket(80))
        .isInstanceOf(ConnectException.class);
  }

  private static String metadata(MuxSocket socket) {
    return new String(socket.stream().metadata(), UTF_8);
  }
}
