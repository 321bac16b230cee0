package io.picomux.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.SessionException;
import io.picomux.core.Command;
import io.picomux.core.SessionEnd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The library over loopback against a peer that follows a script. */
@Timeout(60)
class ScriptedPeerTest {

  @Test
  void theConversationIsTheTest() throws Exception {
    try (ScriptedPeer peer = ScriptedPeer.listen();
        PicoMux mux = PicoMux.connect(peer.address())) {
      assertThat(peer.expect(Command.PING).bodyText()).startsWith("{\"next_ping_in_ms\":1800000");
      peer.sendPong();
      peer.skip(Command.PING);

      MuxStream stream = mux.open("hello".getBytes(UTF_8));
      ReceivedFrame syn = peer.expect(Command.SYN);
      assertThat(syn.bodyText()).isEqualTo("hello");
      int id = syn.streamId();
      assertThat(id).isEqualTo(stream.id());

      stream.outputStream().write("question".getBytes(UTF_8));
      assertThat(peer.expect(Command.PSH, id).bodyText()).isEqualTo("question");
      peer.send(Command.PSH, id, "answer".getBytes(UTF_8));
      assertThat(stream.inputStream().readNBytes(6)).asString().isEqualTo("answer");
      assertThat(peer.expect(Command.MORE, id).creditFrames()).isPositive();

      peer.send(Command.FIN, id);
      assertThat(stream.inputStream().read()).isEqualTo(-1);
      stream.close();
      peer.expect(Command.FIN, id);

      peer.sendPing("[7]");
      peer.expect(Command.PONG);
      peer.sendPing("7");
      peer.expectEnd();
      SessionException end = mux.onTermination().get(20, TimeUnit.SECONDS);
      assertThat(end.reason()).isEqualTo(SessionEnd.PROTOCOL_VIOLATION);
    }
  }

  @Test
  void aPeerThatVanishesInsideAFrameTruncatesTheSession() throws Exception {
    try (ScriptedPeer peer = ScriptedPeer.listen();
        PicoMux mux = PicoMux.connect(peer.address())) {
      // The byte that was read may give credit back before the end is noticed.
      peer.skip(Command.PING, Command.MORE);
      peer.send(Command.SYN, 7);
      MuxStream stream = mux.accept();
      peer.sendRaw(new byte[] {1, 2, 50, 0, 7, 0, 0, 0, 99});
      peer.endOutput();
      assertThatThrownBy(() -> stream.inputStream().readAllBytes()).isInstanceOf(IOException.class);
      assertThat(mux.onTermination().get(20, TimeUnit.SECONDS).reason())
          .isEqualTo(SessionEnd.TRUNCATED);
      peer.expectEnd();
    }
  }

  @Test
  void whatDoesNotFollowTheScriptIsAnAssertionError() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ScriptedPeer first =
            ScriptedPeer.connect(
                new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()));
        Socket accepted = listener.accept();
        ScriptedPeer second = ScriptedPeer.over(accepted)) {
      first.sendMore(3, 258);
      assertThatThrownBy(() -> second.expect(Command.FIN))
          .isInstanceOf(AssertionError.class)
          .hasMessage("expected FIN, but MORE stream=3 body=2 bytes came");
      first.send(Command.FIN, -1);
      assertThatThrownBy(() -> second.expect(Command.FIN, 3))
          .isInstanceOf(AssertionError.class)
          .hasMessage("expected FIN for 3, but FIN stream=4294967295 body=0 bytes came");
      first.sendRaw(new byte[] {2, 0, 0, 0, 0, 0, 0, 0});
      assertThatThrownBy(second::next)
          .isInstanceOf(AssertionError.class)
          .hasMessage("a header came with version 2 and command 0");
      second.setPatience(Duration.ofMillis(1));
      assertThatThrownBy(second::next)
          .isInstanceOf(AssertionError.class)
          .hasMessage("no frame came within PT0.001S");
      first.sendPong();
      second.setPatience(Duration.ofSeconds(20));
      assertThatThrownBy(second::expectEnd)
          .isInstanceOf(AssertionError.class)
          .hasMessage("expected the end of the transport, but PONG stream=0 body=0 bytes came");
      first.sendRaw(new byte[] {1, 0, 0});
      first.endOutput();
      assertThatThrownBy(second::next)
          .isInstanceOf(AssertionError.class)
          .hasMessage("the transport ended inside a frame");
      second.expectEnd();
    }
  }
}
