package io.picomux.tunnel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.PicoMuxServer;
import io.picomux.SessionHandler;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TunnelClientTest {

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(TestDestination.loopback(), 0);

  private static final Duration LONG = Duration.ofSeconds(30);

  /** Sends the metadata of each stream back. */
  private static final SessionHandler METADATA_ECHO =
      session -> {
        while (true) {
          try (MuxStream stream = session.accept()) {
            stream.outputStream().write(stream.metadata());
          }
        }
      };

  @Test
  void opensStreamsInOneSession() throws Exception {
    try (PicoMuxServer server = PicoMuxServer.listen(ANY_PORT, METADATA_ECHO);
        TunnelClient client =
            TunnelClient.builder(() -> PicoMux.connect(server.localAddress())).start()) {
      assertThat(echoed(client, "a")).isEqualTo("a");
      PicoMux session = client.session().orElseThrow();
      assertThat(echoed(client, "b")).isEqualTo("b");
      assertThat(client.session()).containsSame(session);
    }
  }

  @Test
  void connectsAnewWhenTheSessionIsLost() throws Exception {
    Events events = new Events();
    try (PicoMuxServer server = PicoMuxServer.listen(ANY_PORT, METADATA_ECHO);
        TunnelClient client =
            TunnelClient.builder(() -> PicoMux.connect(server.localAddress()))
                .listener(events)
                .start()) {
      assertThat(events.await()).isEqualTo("connected");
      assertThat(echoed(client, "a")).isEqualTo("a");
      PicoMux first = client.session().orElseThrow();
      server.sessions().forEach(PicoMux::abort);
      assertThat(events.await()).isEqualTo("lost");
      assertThat(events.await()).isEqualTo("retry");
      assertThat(events.await()).isEqualTo("connected");
      assertThat(client.session().orElseThrow()).isNotSameAs(first);
      assertThat(echoed(client, "b")).isEqualTo("b");
    }
  }

  @Test
  void triesAgainUntilThereIsASession() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    Events events = new Events();
    try (PicoMuxServer server = PicoMuxServer.listen(ANY_PORT, METADATA_ECHO)) {
      TunnelClient.Connector failingTwice =
          () -> {
            if (attempts.incrementAndGet() <= 2) {
              throw new ConnectException("not yet");
            }
            return PicoMux.connect(server.localAddress());
          };
      try (TunnelClient client = TunnelClient.builder(failingTwice).listener(events).start()) {
        assertThat(echoed(client, "a")).isEqualTo("a");
        assertThat(events.await()).isEqualTo("retry");
        assertThat(events.await()).isEqualTo("retry");
        assertThat(events.await()).isEqualTo("connected");
        assertThat(attempts).hasValue(3);
      }
    }
  }

  @Test
  void aConnectorThatFailsWithAnErrorIsTriedAgain() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    try (PicoMuxServer server = PicoMuxServer.listen(ANY_PORT, METADATA_ECHO)) {
      TunnelClient.Connector failingOnce =
          () -> {
            if (attempts.incrementAndGet() == 1) {
              throw new NoClassDefFoundError("thrown by the connector on request");
            }
            return PicoMux.connect(server.localAddress());
          };
      try (TunnelClient client = TunnelClient.builder(failingOnce).start()) {
        assertThat(echoed(client, "a")).isEqualTo("a");
        assertThat(attempts).hasValue(2);
      }
    }
  }

  @Test
  void aListenerThatFailsWithAnErrorDoesNotKeepTheClientFromConnecting() throws Exception {
    TunnelListener failing =
        new TunnelListener() {
          @Override
          public void connected(PicoMux session) {
            throw new AssertionError("thrown by the listener on request");
          }

          @Override
          public void lost(PicoMux session, IOException cause) {
            throw new AssertionError("thrown by the listener on request");
          }

          @Override
          public void retryIn(Duration delay, IOException cause) {
            throw new AssertionError("thrown by the listener on request");
          }
        };
    try (PicoMuxServer server = PicoMuxServer.listen(ANY_PORT, METADATA_ECHO);
        TunnelClient client =
            TunnelClient.builder(() -> PicoMux.connect(server.localAddress()))
                .listener(failing)
                .start()) {
      assertThat(echoed(client, "a")).isEqualTo("a");
      PicoMux first = client.session().orElseThrow();
      server.sessions().forEach(PicoMux::abort);
      await().until(() -> client.session().filter(session -> session != first).isPresent());
      assertThat(echoed(client, "b")).isEqualTo("b");
    }
  }

  @Test
  void anOpeningOfCenturiesIsOneForEver() throws Exception {
    try (PicoMuxServer server = PicoMuxServer.listen(ANY_PORT, METADATA_ECHO);
        TunnelClient client =
            TunnelClient.builder(() -> PicoMux.connect(server.localAddress())).start();
        MuxStream stream = client.open("a".getBytes(UTF_8), Duration.ofDays(365_000))) {
      assertThat(stream.inputStream().readAllBytes()).asString(UTF_8).isEqualTo("a");
    }
  }

  @Test
  void anOpeningWaitsForTheSession() throws Exception {
    CountDownLatch reachable = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    try (PicoMuxServer server = PicoMuxServer.listen(ANY_PORT, METADATA_ECHO)) {
      TunnelClient.Connector patient =
          () -> {
            asked.countDown();
            awaitUninterrupted(reachable);
            return PicoMux.connect(server.localAddress());
          };
      try (TunnelClient client = TunnelClient.builder(patient).start()) {
        CompletableFuture<String> opened = async(() -> echoed(client, "a"));
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(client.session()).isEmpty();
        assertThat(opened).isNotDone();
        reachable.countDown();
        assertThat(opened.get(30, TimeUnit.SECONDS)).isEqualTo("a");
      }
    }
  }

  @Test
  void anOpeningWithoutASessionTellsWhyThereIsNone() {
    TunnelClient.Connector refused =
        () -> {
          throw new ConnectException("Connection refused");
        };
    try (TunnelClient client =
        TunnelClient.builder(refused).openTimeout(Duration.ofMillis(50)).start()) {
      assertThatExceptionOfType(SocketTimeoutException.class)
          .isThrownBy(() -> client.open(new Destination("example.com", 80)))
          .withMessage("no session in time: Connection refused")
          .withCauseInstanceOf(ConnectException.class);
    }
  }

  @Test
  void closingWakesWhoWaits() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    TunnelClient.Connector never =
        () -> {
          asked.countDown();
          awaitUninterrupted(new CountDownLatch(1));
          throw new ConnectException("not reached");
        };
    TunnelClient client = TunnelClient.builder(never).start();
    CompletableFuture<MuxStream> opened = async(() -> client.open(new byte[0], LONG));
    assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
    client.close();
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> opened.get(30, TimeUnit.SECONDS))
        .withMessageContaining("the tunnel client is closed");
    assertThatIOException()
        .isThrownBy(() -> client.open(new byte[0], LONG))
        .withMessage("the tunnel client is closed");
  }

  @Test
  void closingEndsTheSessionInGoodOrder() throws Exception {
    CompletableFuture<String> end = new CompletableFuture<>();
    SessionHandler watching =
        session -> end.complete(session.onTermination().join().reason().name());
    try (PicoMuxServer server = PicoMuxServer.listen(ANY_PORT, watching)) {
      TunnelClient client =
          TunnelClient.builder(() -> PicoMux.connect(server.localAddress())).start();
      client.awaitSession(LONG);
      client.close();
      assertThat(end.get(30, TimeUnit.SECONDS)).isEqualTo("PEER_CLOSED");
      assertThat(client.session()).isEmpty();
    }
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    TunnelClient.Connector never =
        () -> {
          asked.countDown();
          awaitUninterrupted(new CountDownLatch(1));
          throw new ConnectException("not reached");
        };
    try (TunnelClient client = TunnelClient.builder(never).start()) {
      CompletableFuture<Boolean> flagged = new CompletableFuture<>();
      Thread waiter =
          Thread.ofVirtual()
              .start(() -> {
                try (MuxStream stream = client.open(new byte[0], LONG)) {
                  flagged.completeExceptionally(new AssertionError("opened " + stream));
                } catch (InterruptedIOException e) {
                  flagged.complete(Thread.currentThread().isInterrupted());
                } catch (IOException e) {
                  flagged.completeExceptionally(e);
                }
              });
      assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
      waiter.interrupt();
      assertThat(flagged.get(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static String echoed(TunnelClient client, String metadata) throws IOException {
    try (MuxStream stream = client.open(metadata.getBytes(UTF_8), LONG)) {
      return new String(stream.inputStream().readAllBytes(), UTF_8);
    }
  }

  private static <T> CompletableFuture<T> async(Callable<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            result.complete(call.call());
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  private static void awaitUninterrupted(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** Keeps what a client tells, for the test to wait for. */
  private static final class Events implements TunnelListener {
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    @Override
    public void connected(PicoMux session) {
      events.add("connected");
    }

    @Override
    public void lost(PicoMux session, IOException cause) {
      events.add("lost");
    }

    @Override
    public void retryIn(Duration delay, IOException cause) {
      events.add("retry");
    }

    String await() throws InterruptedException {
      return ExitEvents.await(events, "an event of the client");
    }
  }
}
