package io.picomux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A splice between a stream of a session and a socket, as in a tunnel. */
@Timeout(60)
class SpliceTest {
  /** A client's stream on one side, a server's socket on the other, and the splice in between. */
  private static final class Tunnel implements AutoCloseable {
    final SessionPair pair;
    final MuxStream client;
    final MuxStream exit;
    final Socket server;
    final Socket exitSocket;
    final Background<Splice.Result> splice;
    final AtomicLong toServer = new AtomicLong();
    final AtomicLong toClient = new AtomicLong();

    Tunnel(SessionPair.Kind kind) throws IOException {
      pair = SessionPair.open(kind);
      client = pair.client().open(new byte[0]);
      exit = pair.server().accept();
      Socket[] ends = SessionPair.sockets();
      server = ends[0];
      exitSocket = ends[1];
      splice =
          Background.start(() ->
              Splice.pipe(
                  Duplex.of(exit),
                  Duplex.of(exitSocket),
                  toServer::addAndGet,
                  toClient::addAndGet));
    }

    @Override
    public void close() throws IOException {
      server.close();
      pair.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theEndOfOneDirectionEndsThatDirectionOnly(SessionPair.Kind kind) throws Exception {
    try (Tunnel tunnel = new Tunnel(kind)) {
      tunnel.client.outputStream().write("question".getBytes(UTF_8));
      tunnel.client.shutdownOutput();
      assertThat(tunnel.server.getInputStream().readAllBytes()).asString().isEqualTo("question");
      tunnel.server.getOutputStream().write("long answer".getBytes(UTF_8));
      tunnel.server.shutdownOutput();
      assertThat(tunnel.client.inputStream().readAllBytes()).asString().isEqualTo("long answer");
      Splice.Result result = tunnel.splice.get();
      assertThat(result.firstToSecondBytes()).isEqualTo(8);
      assertThat(result.secondToFirstBytes()).isEqualTo(11);
      assertThat(result.failure()).isEmpty();
      assertThat(tunnel.toServer.get()).isEqualTo(8);
      assertThat(tunnel.toClient.get()).isEqualTo(11);
      assertThat(tunnel.exit.isOpen()).isFalse();
      assertThat(tunnel.exitSocket.isClosed()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theServerMayEndFirst(SessionPair.Kind kind) throws Exception {
    try (Tunnel tunnel = new Tunnel(kind)) {
      tunnel.server.getOutputStream().write("banner".getBytes(UTF_8));
      tunnel.server.shutdownOutput();
      assertThat(tunnel.client.inputStream().readAllBytes()).asString().isEqualTo("banner");
      tunnel.client.outputStream().write("bye".getBytes(UTF_8));
      tunnel.client.shutdownOutput();
      assertThat(tunnel.server.getInputStream().readAllBytes()).asString().isEqualTo("bye");
      assertThat(tunnel.splice.get().failure()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void megabytesGoThroughUnchangedBothWays(SessionPair.Kind kind) throws Exception {
    byte[] data = new byte[5_000_000];
    new Random(3).nextBytes(data);
    try (Tunnel tunnel = new Tunnel(kind)) {
      Background<byte[]> atServer =
          Background.start(() -> tunnel.server.getInputStream().readAllBytes());
      Background<byte[]> atClient =
          Background.start(() -> tunnel.client.inputStream().readAllBytes());
      Background<?> serverWrites =
          Background.start(() -> {
            tunnel.server.getOutputStream().write(data);
            tunnel.server.shutdownOutput();
            return null;
          });
      tunnel.client.outputStream().write(data);
      tunnel.client.shutdownOutput();
      serverWrites.get();
      assertThat(atServer.get()).isEqualTo(data);
      assertThat(atClient.get()).isEqualTo(data);
      assertThat(tunnel.splice.get().secondToFirstBytes()).isEqualTo(data.length);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aResetOfTheSocketReachesTheClientAsAFailure(SessionPair.Kind kind) throws Exception {
    try (Tunnel tunnel = new Tunnel(kind)) {
      tunnel.pair.client().ping(java.time.Duration.ofSeconds(20));
      tunnel.pair.server().ping(java.time.Duration.ofSeconds(20));
      tunnel.server.setSoLinger(true, 0);
      tunnel.server.close();
      assertThatThrownBy(() -> tunnel.client.inputStream().readAllBytes())
          .isInstanceOf(StreamException.class);
      assertThat(tunnel.splice.get().failure()).isPresent();
      assertThat(tunnel.pair.client().isAlive()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theEndOfTheSessionReachesTheServerAsAReset(SessionPair.Kind kind) throws Exception {
    try (Tunnel tunnel = new Tunnel(kind)) {
      tunnel.client.outputStream().write("part".getBytes(UTF_8));
      assertThat(tunnel.server.getInputStream().readNBytes(4)).asString().isEqualTo("part");
      tunnel.pair.client().abort();
      assertThatThrownBy(() -> tunnel.server.getInputStream().read())
          .isInstanceOf(SocketException.class);
      assertThat(tunnel.splice.get().failure()).containsInstanceOf(SessionException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptDropsBothEnds(SessionPair.Kind kind) throws Exception {
    try (Tunnel tunnel = new Tunnel(kind)) {
      tunnel.splice.awaitWaiting().interrupt();
      assertThat(tunnel.splice.get().failure()).isPresent();
      assertThat(tunnel.splice.wasInterruptedAtEnd()).isTrue();
      assertThat(tunnel.exit.isOpen()).isFalse();
      assertThat(tunnel.exitSocket.isClosed()).isTrue();
    }
  }

  @Test
  void aListenerThatThrowsDropsBothEnds() throws Exception {
    try (SessionPair pair = SessionPair.open(SessionPair.Kind.CHANNEL)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      MuxStream third = pair.client().open(new byte[0]);
      MuxStream fourth = pair.server().accept();
      Background<Splice.Result> splice =
          Background.start(() ->
              Splice.pipe(
                  Duplex.of(far),
                  Duplex.of(fourth),
                  n -> {
                    throw new IllegalStateException("thrown by the listener");
                  },
                  n -> {}));
      near.write(new byte[] {1}, 0, 1);
      assertThat(splice.get().failure())
          .hasValueSatisfying(
              e -> assertThat(e).hasRootCauseInstanceOf(IllegalStateException.class));
      assertThat(far.isOpen()).isFalse();
      assertThat(fourth.isOpen()).isFalse();
      assertThat(third.isOpen()).isTrue();
    }
  }

  @Test
  void aListenerThatFailsWithAnErrorDropsBothEnds() throws Exception {
    try (SessionPair pair = SessionPair.open(SessionPair.Kind.CHANNEL)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      MuxStream third = pair.client().open(new byte[0]);
      MuxStream fourth = pair.server().accept();
      Background<Splice.Result> splice =
          Background.start(() ->
              Splice.pipe(
                  Duplex.of(far),
                  Duplex.of(fourth),
                  n -> {
                    throw new AssertionError("thrown by the listener");
                  },
                  n -> {}));
      near.write(new byte[] {1}, 0, 1);
      assertThat(splice.get().failure())
          .hasValueSatisfying(e -> assertThat(e).hasRootCauseInstanceOf(AssertionError.class));
      assertThat(far.isOpen()).isFalse();
      assertThat(fourth.isOpen()).isFalse();
      assertThat(third.isOpen()).isTrue();
    }
  }
}
