package io.picomux.reliability.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.PicoMuxServer;
import io.picomux.SessionException;
import io.picomux.core.Command;
import io.picomux.core.SessionEnd;
import io.picomux.testkit.ScriptedPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Processes that are killed, stop and go on. */
@Timeout(120)
class ProcessFaultsTest {
  private static final Duration PATIENT = Duration.ofMinutes(10);
  private static final Duration IMPATIENT = Duration.ofMillis(700);

  /** Long enough to start another process meanwhile, shorter than eight times IMPATIENT. */
  private static final Duration STEADY = Duration.ofSeconds(4);

  @Test
  void everyCallFailsWhenThePeerIsKilled() throws Exception {
    try (Peer peer = Peer.start("server", millis(PATIENT));
        PicoMux mux = PicoMux.connect(peer.address())) {
      MuxStream stream = echoed(mux);
      peer.kill();
      assertThatThrownBy(() -> stream.inputStream().read())
          .isInstanceOfSatisfying(
              SessionException.class,
              e -> assertThat(e.reason()).isIn(SessionEnd.TRANSPORT_FAILED, SessionEnd.TRUNCATED));
      assertThatThrownBy(mux::accept).isInstanceOf(SessionException.class);
      assertThatThrownBy(() -> mux.open(new byte[0])).isInstanceOf(SessionException.class);
    }
  }

  @Test
  void aPeerThatStopsIsNoticed() throws Exception {
    try (Peer peer = Peer.start("server", millis(PATIENT));
        PicoMux mux =
            PicoMux.builder().liveness(PeerProgram.liveness(IMPATIENT)).connect(peer.address())) {
      MuxStream stream = echoed(mux);
      peer.suspend();
      assertThatThrownBy(() -> stream.inputStream().read())
          .isInstanceOfSatisfying(
              SessionException.class, e -> assertThat(e.reason()).isEqualTo(SessionEnd.TIMED_OUT));
      assertThat(mux.onTermination().join().reason()).isEqualTo(SessionEnd.TIMED_OUT);
      peer.resume();
      assertThat(peer.nextLine("ended ")).isNotEmpty();
    }
  }

  /** Whoever sleeps has not listened, and the peer, which lives, has not been silent. */
  @Test
  void aSessionSurvivesThatItsOwnProcessStops() throws Exception {
    BlockingQueue<SessionException> ends = new LinkedBlockingQueue<>();
    try (PicoMuxServer server =
        PicoMuxServer.listen(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            session -> {
              var unused = session.onTermination().thenAccept(ends::add);
              MuxStream stream = session.accept();
              stream.inputStream().transferTo(stream.outputStream());
            })) {
      int port = ((InetSocketAddress) server.localAddress()).getPort();
      try (Peer client = Peer.start("client", millis(IMPATIENT), Integer.toString(port))) {
        for (int i = 0; i < 3; i++) {
          client.nextLine("echo ");
          client.suspend();
          awaitLongSilence();
          client.forgetLines();
          client.resume();
          for (int echo = 0; echo < 200; echo++) {
            assertThat(client.nextLine("")).startsWith("echo ");
          }
          assertThat(ends).isEmpty();
        }
      }
      assertThat(ends.poll(60, TimeUnit.SECONDS)).isNotNull();
    }
  }

  /** What came while a process stood still is read before it judges that its peer is dead. */
  @Test
  void anAnswerThatCameWhileTheProcessStoodStillCounts() throws Exception {
    try (ScriptedPeer peer = ScriptedPeer.listen();
        Peer client =
            Peer.start("client", millis(STEADY), Integer.toString(peer.address().getPort()))) {
      peer.setPatience(Duration.ofSeconds(60));
      peer.skip(Command.SYN, Command.PSH);
      peer.expect(Command.PING);
      client.suspend();
      peer.sendPong();
      for (int i = 0; i < 2; i++) {
        awaitLongSilence();
      }
      client.resume();
      // It lives: it asks again.
      peer.expect(Command.PING);
    }
  }

  /** Waits until sessions with the client's liveness have found a mute peer dead, four in turn. */
  private static void awaitLongSilence() throws IOException, InterruptedException {
    for (int i = 0; i < 4; i++) {
      try (ScriptedPeer mute = ScriptedPeer.listen();
          PicoMux mux =
              PicoMux.builder().liveness(PeerProgram.liveness(IMPATIENT)).connect(mute.address())) {
        mux.awaitTermination();
        assertThat(mux.onTermination().join().reason()).isEqualTo(SessionEnd.TIMED_OUT);
      }
    }
  }

  @Test
  void aPipeEndsWithTheProcessAtItsOtherEnd() throws Exception {
    Process process = Peer.process("pipe", millis(PATIENT));
    try (PicoMux mux = PicoMux.over(process.getInputStream(), process.getOutputStream())) {
      MuxStream stream = echoed(mux);
      process.destroyForcibly();
      assertThatThrownBy(() -> stream.inputStream().read()).isInstanceOf(SessionException.class);
      assertThat(mux.onTermination().join().reason())
          .isIn(SessionEnd.TRANSPORT_FAILED, SessionEnd.TRUNCATED);
    } finally {
      process.destroyForcibly();
    }
  }

  private static MuxStream echoed(PicoMux mux) throws IOException {
    MuxStream stream = mux.open(new byte[0]);
    stream.outputStream().write('a');
    assertThat(stream.inputStream().read()).isEqualTo('a');
    return stream;
  }

  private static String millis(Duration duration) {
    return Long.toString(duration.toMillis());
  }
}
