package io.picomux;

import static io.picomux.Conditions.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PicoMuxServerTest {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @Test
  void servesEachSessionWithItsHandler() throws Exception {
    try (PicoMuxServer server = PicoMuxServer.listen(ANY, PicoMuxServerTest::echo)) {
      for (int i = 0; i < 5; i++) {
        try (PicoMux mux = PicoMux.connect(server.localAddress())) {
          assertEcho(mux);
        }
      }
      until(() -> server.sessions().isEmpty());
      assertThat(server.refusedSessions()).isZero();
    }
  }

  @Test
  void closesConnectionsBeyondItsCap() throws Exception {
    try (PicoMuxServer server =
        PicoMuxServer.builder().maxSessions(2).listen(ANY, PicoMuxServerTest::echo)) {
      List<PicoMux> muxes = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        PicoMux mux = PicoMux.connect(server.localAddress());
        assertEcho(mux);
        muxes.add(mux);
      }
      PicoMux refused = PicoMux.connect(server.localAddress());
      refused.awaitTermination();
      until(() -> server.refusedSessions() == 1);
      assertThat(server.sessions()).hasSize(2);
      muxes.get(0).close();
      until(() -> server.sessions().size() == 1);
      try (PicoMux mux = PicoMux.connect(server.localAddress())) {
        assertEcho(mux);
      }
      muxes.get(1).close();
    }
  }

  @Test
  void aHandlerThatThrowsAbortsItsSessionOnly() throws Exception {
    AtomicInteger sessions = new AtomicInteger();
    try (PicoMuxServer server =
            PicoMuxServer.listen(
                ANY,
                session -> {
                  if (sessions.getAndIncrement() == 0) {
                    session.accept();
                    throw new IllegalStateException("thrown by the handler");
                  }
                  echo(session);
                });
        PicoMux first = PicoMux.connect(server.localAddress())) {
      until(() -> sessions.get() == 1);
      try (PicoMux second = PicoMux.connect(server.localAddress())) {
        MuxStream stream = first.open(new byte[0]);
        assertThatThrownBy(() -> stream.inputStream().read()).isInstanceOf(SessionException.class);
        assertEcho(second);
        until(() -> server.sessions().size() == 1);
      }
    }
  }

  @Test
  void aConnectionThatIsResetAtOnceDoesNotStopTheServer() throws Exception {
    try (PicoMuxServer server = PicoMuxServer.listen(ANY, PicoMuxServerTest::echo)) {
      for (int i = 0; i < 50; i++) {
        try (Socket socket = new Socket()) {
          socket.connect(server.localAddress());
          socket.setSoLinger(true, 0);
        }
      }
      try (PicoMux mux = PicoMux.connect(server.localAddress())) {
        assertEcho(mux);
      }
      until(() -> server.sessions().isEmpty());
    }
  }

  @Test
  void aSessionThatCannotBeginDoesNotStopTheServer() throws Exception {
    try (PicoMuxServer server = PicoMuxServer.listen(ANY, PicoMuxServerTest::echo)) {
      try (Socket junk = new Socket()) {
        junk.connect(server.localAddress());
        junk.getOutputStream()
            .write("GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        awaitEnd(junk);
        until(() -> server.sessions().isEmpty());
      }
      try (PicoMux mux = PicoMux.connect(server.localAddress())) {
        assertEcho(mux);
      }
    }
  }

  /** The server may have had time for its first PING, and may reset what it has not read. */
  private static void awaitEnd(Socket socket) {
    try {
      socket.getInputStream().readAllBytes();
    } catch (IOException e) {
      assertThat(e).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void closeDeliversWhatHandlersHaveWrittenAndWaitsForThem() throws Exception {
    int size = 500_000;
    CountDownLatch written = new CountDownLatch(1);
    AtomicInteger ended = new AtomicInteger();
    PicoMuxServer server =
        PicoMuxServer.listen(
            ANY,
            session -> {
              try {
                MuxStream stream = session.accept();
                stream.write(new byte[size], 0, size);
                written.countDown();
                session.accept();
              } finally {
                ended.incrementAndGet();
              }
            });
    try (PicoMux mux = PicoMux.connect(server.localAddress())) {
      MuxStream stream = mux.open(new byte[0]);
      Background<Integer> read = Background.start(() -> stream.inputStream().readAllBytes().length);
      written.await();
      server.close();
      assertThat(ended.get()).isEqualTo(1);
      assertThat(read.get()).isEqualTo(size);
      assertThat(server.sessions()).isEmpty();
    }
    assertThatThrownBy(() -> PicoMux.connect(server.localAddress()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aHandlerThatACloseWakesDoesNotCutTheDeliveryShort() throws Exception {
    int size = 500_000;
    CountDownLatch written = new CountDownLatch(1);
    PicoMuxServer server =
        PicoMuxServer.listen(
            ANY,
            session -> {
              MuxStream stream = session.accept();
              stream.write(new byte[size], 0, size);
              written.countDown();
              stream.inputStream().read();
            });
    try (PicoMux mux = PicoMux.connect(server.localAddress())) {
      MuxStream stream = mux.open(new byte[0]);
      stream.setReadTimeout(Duration.ofSeconds(30));
      until(() -> stream.stats().unreadBytes() > 0);
      byte[] first = stream.inputStream().readNBytes(size / 2);
      Background<?> close =
          Background.start(() -> {
            written.await();
            server.close();
            return null;
          });
      byte[] rest = stream.inputStream().readAllBytes();
      assertThat(first.length + rest.length).isEqualTo(size);
      close.get();
    }
  }

  @Test
  void aHandlerMayCloseItsServer() throws Exception {
    PicoMuxServer[] server = new PicoMuxServer[1];
    CountDownLatch listening = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    server[0] =
        PicoMuxServer.listen(
            ANY,
            session -> {
              listening.await();
              session.accept();
              server[0].close();
              closed.countDown();
            });
    listening.countDown();
    try (PicoMux mux = PicoMux.connect(server[0].localAddress())) {
      mux.open(new byte[0]);
      mux.awaitTermination();
      closed.await();
      until(() -> server[0].sessions().isEmpty());
    }
  }

  @Test
  void anInterruptCutsTheCloseShort() throws Exception {
    PicoMuxServer server =
        PicoMuxServer.listen(
            ANY,
            session -> {
              MuxStream stream = session.accept();
              stream.write(new byte[200_000], 0, 200_000);
              session.awaitTermination();
            });
    try (PicoMux mux = PicoMux.connect(server.localAddress())) {
      MuxStream stream = mux.open(new byte[0]);
      until(() -> stream.stats().unreadBytes() == 10 * 8192);
      Background<?> close =
          Background.start(() -> {
            server.close();
            return null;
          });
      close.awaitWaiting().interrupt();
      close.get();
      assertThat(close.wasInterruptedAtEnd()).isTrue();
      mux.awaitTermination();
    }
  }

  @Test
  void aPortInUseIsAnError() throws Exception {
    try (PicoMuxServer server = PicoMuxServer.listen(ANY, PicoMuxServerTest::echo)) {
      assertThatThrownBy(() -> PicoMuxServer.listen(server.localAddress(), session -> {}))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> PicoMuxServer.builder().maxSessions(0))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static void echo(PicoMux session) throws IOException {
    while (true) {
      MuxStream stream = session.accept();
      Background<?> unused =
          Background.start(() -> {
            try (stream) {
              stream.inputStream().transferTo(stream.outputStream());
            }
            return null;
          });
    }
  }

  private static void assertEcho(PicoMux mux) throws IOException {
    try (MuxStream stream = mux.open(new byte[0])) {
      stream.write(new byte[] {1, 2, 3}, 0, 3);
      stream.shutdownOutput();
      assertThat(stream.inputStream().readAllBytes()).containsExactly(1, 2, 3);
    }
  }
}
