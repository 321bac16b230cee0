package io.picomux.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MuxSessionsTest {
  private static final String NAME = "session of the test";

  private Sessions sessions;

  @BeforeEach
  void open() throws IOException {
    sessions = Sessions.open();
  }

  @AfterEach
  void close() {
    MuxSessions.unregister(NAME);
    MuxSessions.unregister(MuxSessions.DEFAULT_NAME);
    sessions.close();
  }

  @Test
  void aDriverThatKnowsAClassNameAndATextReachesTheSession() throws Exception {
    MuxSessions.register(NAME, sessions.client());
    SocketFactory factory =
        Class.forName("io.picomux.socket.MuxSocketFactory")
            .asSubclass(SocketFactory.class)
            .getConstructor(String.class)
            .newInstance(NAME);
    Socket socket = factory.createSocket();
    socket.connect(InetSocketAddress.createUnresolved("db.example", 5432), 1000);
    assertThat(sessions.server().accept().metadata()).asString().isEqualTo("db.example:5432");
  }

  @Test
  void aFactoryWithoutANameTakesTheDefaultSession() throws Exception {
    MuxSessions.register(MuxSessions.DEFAULT_NAME, sessions.client());
    MuxSocketFactory.getDefault().createSocket("any.example", 1);
    assertThat(sessions.server().accept().metadata()).asString().isEqualTo("any.example:1");
  }

  @Test
  void aNameThatNobodyHasIsAFailureToConnect() throws Exception {
    Socket socket = new MuxSocketFactory("nobody").createSocket();
    SocketAddress address = InetSocketAddress.createUnresolved("db.example", 5432);
    assertThatThrownBy(() -> socket.connect(address))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("'nobody'");
    assertThat(socket.isClosed()).isTrue();
  }

  @Test
  void registeringAgainReplacesTheSession() throws Exception {
    try (Sessions later = Sessions.open()) {
      assertThat(MuxSessions.register(NAME, sessions.client())).isEmpty();
      assertThat(MuxSessions.register(NAME, later.client())).contains(sessions.client());
      MuxSocketFactory factory = new MuxSocketFactory(NAME);
      factory.createSocket("a.example", 1);
      assertThat(later.server().accept().metadata()).asString().isEqualTo("a.example:1");
      assertThat(MuxSessions.unregister(NAME)).contains(later.client());
      assertThat(MuxSessions.lookup(NAME)).isEmpty();
    }
  }

  @Test
  void aSessionThatEndsLosesItsNameButNotThatOfItsSuccessor() throws Exception {
    try (Sessions later = Sessions.open()) {
      MuxSessions.register(NAME, sessions.client());
      MuxSessions.register(NAME + " 2", sessions.client());
      MuxSessions.register(NAME, later.client());
      sessions.client().abort();
      while (MuxSessions.lookup(NAME + " 2").isPresent()) {
        Thread.onSpinWait();
      }
      assertThat(MuxSessions.lookup(NAME)).contains(later.client());
    }
  }

  @Test
  void everyWayToCreateASocketOpensAStream() throws Exception {
    MuxSocketFactory factory =
        new MuxSocketFactory(
            sessions.client(), address -> (address.getPort() + "!").getBytes(UTF_8));
    InetAddress loopback = InetAddress.getLoopbackAddress();
    factory.createSocket("a.example", 1);
    MuxSocket bound = factory.createSocket("a.example", 2, loopback, 3);
    factory.createSocket(loopback, 4);
    factory.createSocket(loopback, 5, loopback, 6);
    assertThat(bound.getLocalSocketAddress()).isEqualTo(new InetSocketAddress(loopback, 3));
    for (String expected : new String[] {"1!", "2!", "4!", "5!"}) {
      assertThat(sessions.server().accept().metadata()).asString().isEqualTo(expected);
    }
  }
}
