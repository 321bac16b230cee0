package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.core.SessionEnd;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DrainTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  @Test
  void streamsThatExistEndInTheirOwnTimeAndNewOnesAreRefused() throws Exception {
    try (SessionPair pair = SessionPair.open(SessionPair.Kind.CHANNEL)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> pair.server().drain(LONG));
      awaitRefusal(pair);
      far.write(new byte[] {1, 2}, 0, 2);
      near.close();
      far.close();
      drained.get();
      assertThat(pair.server().onTermination().get().reason()).isEqualTo(SessionEnd.CLOSED);
      assertThat(pair.client().onTermination().get().reason()).isEqualTo(SessionEnd.PEER_CLOSED);
    }
  }

  @Test
  void aServerDrainsItsSessions() throws Exception {
    CompletableFuture<MuxStream> accepted = new CompletableFuture<>();
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    PicoMuxServer server =
        PicoMuxServer.listen(
            anyPort,
            session -> {
              accepted.complete(session.accept());
              session.accept();
            });
    try (PicoMux client = PicoMux.connect(server.localAddress())) {
      MuxStream near = client.open(new byte[0]);
      MuxStream far = accepted.get();
      CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> server.drain(LONG));
      far.write(new byte[] {7}, 0, 1);
      assertThat(near.inputStream().read()).isEqualTo(7);
      near.close();
      far.close();
      drained.get();
      assertThat(server.sessions()).isEmpty();
    }
  }

  @Test
  void theTimeoutEndsTheWaitForStreams() throws Exception {
    try (SessionPair pair = SessionPair.open(SessionPair.Kind.CHANNEL)) {
      MuxStream near = pair.client().open(new byte[0]);
      pair.server().accept();
      pair.server().drain(Duration.ZERO);
      assertThat(pair.server().isAlive()).isFalse();
      assertThat(near.read(new byte[1], 0, 1)).isEqualTo(-1);
    }
  }

  /** Opens streams until one is refused, which says that the drain has begun. */
  private static void awaitRefusal(SessionPair pair) throws Exception {
    while (true) {
      MuxStream stream = pair.client().open(new byte[0]);
      pair.client().ping(LONG);
      if (pair.server().stats().core().streamsRefused() > 0) {
        assertThatThrownBy(() -> stream.read(new byte[1], 0, 1))
            .isInstanceOf(StreamException.class);
        stream.close();
        return;
      }
      pair.server().accept().close();
      stream.close();
    }
  }
}
