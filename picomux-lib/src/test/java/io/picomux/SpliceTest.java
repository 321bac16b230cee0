package io.picomux;

import static io.picomux.Conditions.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
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

  /**
   * TCP reports a reset once. When the thread that writes gets it, the one that reads finds the end
   * of a stream that was cut off.
   */
  @Test
  void anEndAfterAResetThatTheWriterHasHeardOfIsNotPassedOn() throws Exception {
    try (ResetOnceEnd first = new ResetOnceEnd(true);
        ResetOnceEnd second = new ResetOnceEnd(false)) {
      first.other = second;
      second.other = first;
      Background<Splice.Result> splice = Background.start(() -> Splice.pipe(first, second));
      assertThat(splice.get().failure())
          .hasValueSatisfying(e -> assertThat(e).hasMessage("Connection reset"));
      assertThat(first.wasReset).isTrue();
      assertThat(second.wasReset).isTrue();
      assertThat(second.ended).isFalse();
    }
  }

  /** A party that reads nothing until it sees the end of the other direction. */
  @Test
  void anEndIsPassedOnAlsoWhileAWriteToItsSenderIsStuck() throws Exception {
    try (SessionPair pair = SessionPair.open(SessionPair.Kind.CHANNEL)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      MuxStream otherNear = pair.client().open(new byte[0]);
      MuxStream otherFar = pair.server().accept();
      Background<Splice.Result> splice =
          Background.start(() -> Splice.pipe(Duplex.of(far), Duplex.of(otherFar)));
      int size = 5_000_000;
      Background<?> answer =
          Background.start(() -> {
            otherNear.write(new byte[size], 0, size);
            otherNear.shutdownOutput();
            return null;
          });
      near.shutdownOutput();
      assertThat(otherNear.inputStream().read()).isEqualTo(-1);
      assertThat(near.inputStream().readAllBytes()).hasSize(size);
      answer.get();
      assertThat(splice.get().failure()).isEmpty();
    }
  }

  /** One end of a splice, of a connection that is reset in the middle of a write to it. */
  private static final class ResetOnceEnd implements Duplex {
    private final boolean reset;
    private final CountDownLatch resetReported = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicReference<@Nullable Thread> reader = new AtomicReference<>();
    volatile boolean ended;
    volatile boolean wasReset;
    @Nullable ResetOnceEnd other;
    private boolean hasSent;

    ResetOnceEnd(boolean reset) {
      this.reset = reset;
    }

    @Override
    public InputStream inputStream() {
      return new InputStream() {
        @Override
        public int read() throws IOException {
          if (reset) {
            await(resetReported);
            reader.set(Thread.currentThread());
            return -1;
          }
          if (!hasSent) {
            hasSent = true;
            return 1;
          }
          await(over);
          throw new IOException("closed");
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
          int b = read();
          if (b >= 0) {
            target[offset] = (byte) b;
          }
          return b < 0 ? -1 : 1;
        }
      };
    }

    @Override
    public OutputStream outputStream() {
      return new OutputStream() {
        @Override
        public void write(int b) throws IOException {
          resetReported.countDown();
          until(() -> isEndPassedOn() || isReaderWaiting());
          throw new IOException("Connection reset");
        }
      };
    }

    private boolean isEndPassedOn() {
      return other != null && other.ended;
    }

    private boolean isReaderWaiting() {
      Thread thread = reader.get();
      return thread != null
          && (thread.getState() == Thread.State.WAITING
              || thread.getState() == Thread.State.TIMED_WAITING);
    }

    private static void await(CountDownLatch latch) throws IOException {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void shutdownOutput() {
      ended = true;
    }

    @Override
    public void reset() {
      wasReset = true;
      over.countDown();
    }

    @Override
    public void close() {
      over.countDown();
    }
  }
}
