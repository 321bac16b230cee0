package io.picomux.tunnel;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.MuxStream;
import io.picomux.StreamException;
import io.picomux.core.StreamFailure;
import io.picomux.tunnel.exit.Exit;
import io.picomux.tunnel.exit.ExitStats;
import io.picomux.tunnel.exit.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Proxy, forwarding and exit together, over real sessions; the client is the platform's own. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TunnelTest {

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(TestDestination.loopback(), 0);

  private static final byte[] HELLO = "hello".getBytes(US_ASCII);

  @Test
  void carriesBytesBothWaysAndCountsThem() throws Exception {
    byte[] data = pattern(5_000_000);
    try (TestDestination echo = TestDestination.echo();
        TestTunnel tunnel = new TestTunnel(echo.destination());
        SocksProxy proxy = SocksProxy.listen(ANY_PORT, tunnel.client);
        Socket socket = connect(proxy, "127.0.0.1", echo.destination().port())) {
      assertThat(exchange(socket, data)).isEqualTo(data);
      ExitEvents.Disconnected end = tunnel.events.awaitDisconnected();
      assertThat(end)
          .isEqualTo(
              new ExitEvents.Disconnected(echo.destination(), data.length, data.length, null));
      ExitStats stats = tunnel.exit.stats();
      assertThat(stats.traffic())
          .isEqualTo(new TrafficCounters.Traffic(0, 1, data.length, data.length));
      assertThat(stats.liveSessions()).isOne();
      assertThat(stats.refusals()).isEmpty();
      assertThat(proxy.traffic().bytesUp()).isEqualTo(data.length);
      assertThat(proxy.traffic().bytesDown()).isEqualTo(data.length);
      assertThat(proxy.traffic().totalStreams()).isOne();
    }
  }

  @Test
  void resolvesNamesAtTheExit() throws Exception {
    try (TestDestination echo = TestDestination.echo()) {
      Destination inside = new Destination("inside.test", echo.destination().port());
      try (TestTunnel tunnel = new TestTunnel(inside);
          SocksProxy proxy = SocksProxy.listen(ANY_PORT, tunnel.client);
          Socket socket = connect(proxy, inside.host(), inside.port())) {
        assertThat(exchange(socket, HELLO)).isEqualTo(HELLO);
        assertThat(tunnel.events.awaitDisconnected().destination()).isEqualTo(inside);
      }
    }
  }

  @Test
  void forwardsAPort() throws Exception {
    try (TestDestination echo = TestDestination.echo();
        TestTunnel tunnel = new TestTunnel(echo.destination());
        LocalForward forward = LocalForward.listen(ANY_PORT, echo.destination(), tunnel.client);
        Socket socket = new Socket()) {
      socket.connect(forward.localAddress());
      assertThat(exchange(socket, HELLO)).isEqualTo(HELLO);
      assertThat(forward.traffic().totalStreams()).isOne();
    }
  }

  @Test
  void theClientsEndReachesTheDestinationAndTheAnswerComesBack() throws Exception {
    byte[] data = pattern(300_000);
    TestDestination.Handler answerAfterTheEnd =
        socket -> {
          long sum = 0;
          for (byte b : socket.getInputStream().readAllBytes()) {
            sum += b & 0xff;
          }
          socket.getOutputStream().write(Long.toString(sum).getBytes(US_ASCII));
        };
    try (TestDestination server = new TestDestination(answerAfterTheEnd);
        TestTunnel tunnel = new TestTunnel(server.destination());
        SocksProxy proxy = SocksProxy.listen(ANY_PORT, tunnel.client);
        Socket socket = connect(proxy, "127.0.0.1", server.destination().port())) {
      long sum = 0;
      for (byte b : data) {
        sum += b & 0xff;
      }
      assertThat(new String(exchange(socket, data), US_ASCII)).isEqualTo(Long.toString(sum));
    }
  }

  @Test
  void theDestinationsEndLeavesTheOtherDirectionOpen() throws Exception {
    CompletableFuture<byte[]> arrived = new CompletableFuture<>();
    TestDestination.Handler endFirst =
        socket -> {
          socket.getOutputStream().write(HELLO);
          socket.shutdownOutput();
          arrived.complete(socket.getInputStream().readAllBytes());
        };
    byte[] data = pattern(300_000);
    try (TestDestination server = new TestDestination(endFirst);
        TestTunnel tunnel = new TestTunnel(server.destination());
        SocksProxy proxy = SocksProxy.listen(ANY_PORT, tunnel.client);
        Socket socket = connect(proxy, "127.0.0.1", server.destination().port())) {
      assertThat(socket.getInputStream().readAllBytes()).isEqualTo(HELLO);
      socket.getOutputStream().write(data);
      socket.shutdownOutput();
      assertThat(arrived.get(30, TimeUnit.SECONDS)).isEqualTo(data);
    }
  }

  @Test
  void aServerThatSpeaksFirstIsHeardBeforeTheClientHasSaidAnything() throws Exception {
    TestDestination.Handler greeter =
        socket -> {
          socket.getOutputStream().write(HELLO);
          socket.getInputStream().readAllBytes();
        };
    try (TestDestination server = new TestDestination(greeter);
        TestTunnel tunnel = new TestTunnel(server.destination());
        SocksProxy proxy = SocksProxy.listen(ANY_PORT, tunnel.client);
        Socket socket = connect(proxy, "127.0.0.1", server.destination().port())) {
      assertThat(socket.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
    }
  }

  @Test
  void bytesThatComeInOneReadWithTheRequestAreNotLost() throws Exception {
    try (TestDestination echo = TestDestination.echo();
        TestTunnel tunnel = new TestTunnel(echo.destination());
        SocksProxy proxy = SocksProxy.listen(ANY_PORT, tunnel.client);
        Socket socket = new Socket()) {
      socket.connect(proxy.localAddress());
      int port = echo.destination().port();
      ByteArrayOutputStream request = new ByteArrayOutputStream();
      request.writeBytes(new byte[] {5, 1, 0});
      request.writeBytes(new byte[] {5, 1, 0, 1, 127, 0, 0, 1, (byte) (port >> 8), (byte) port});
      request.writeBytes(HELLO);
      socket.getOutputStream().write(request.toByteArray());
      socket.shutdownOutput();
      byte[] answer = socket.getInputStream().readAllBytes();
      assertThat(Arrays.copyOf(answer, 12))
          .isEqualTo(new byte[] {5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0});
      assertThat(Arrays.copyOfRange(answer, 12, answer.length)).isEqualTo(HELLO);
    }
  }

  @Test
  void manyConnectionsShareOneSession() throws Exception {
    int connections = 60;
    try (TestDestination echo = TestDestination.echo();
        TestTunnel tunnel = new TestTunnel(echo.destination());
        SocksProxy proxy = SocksProxy.listen(ANY_PORT, tunnel.client);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> answers = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        byte[] data = pattern(50_000 + i);
        answers.add(
            threads.submit(() -> {
              try (Socket socket = connect(proxy, "127.0.0.1", echo.destination().port())) {
                return exchange(socket, data);
              }
            }));
      }
      for (int i = 0; i < connections; i++) {
        assertThat(answers.get(i).get()).isEqualTo(pattern(50_000 + i));
      }
      assertThat(tunnel.exit.stats().totalSessions()).isOne();
      assertThat(tunnel.exit.stats().traffic().totalStreams()).isEqualTo(connections);
    }
  }

  @Test
  void aDeniedDestinationIsResetAndCounted() throws Exception {
    try (TestDestination echo = TestDestination.echo();
        TestTunnel tunnel = new TestTunnel();
        SocksProxy proxy = SocksProxy.listen(ANY_PORT, tunnel.client);
        Socket socket = connect(proxy, "127.0.0.1", echo.destination().port())) {
      assertThat(readUntilTheEnd(socket)).isEqualTo("reset");
      assertThat(tunnel.events.awaitRefused())
          .hasMessage(echo.destination() + " is denied: 127.0.0.1 is in 127.0.0.0/8");
      assertThat(tunnel.exit.stats().refusals()).isEqualTo(Map.of(Refusal.DENIED_ADDRESS, 1L));
    }
  }

  @Test
  void tellsWhyADestinationCannotBeReached() throws Exception {
    Destination closed;
    try (ServerSocket socket = new ServerSocket(0, 1, TestDestination.loopback())) {
      closed = new Destination("127.0.0.1", socket.getLocalPort());
    }
    try (TestTunnel tunnel = new TestTunnel(closed)) {
      assertThat(endOf(tunnel, closed.toMetadata())).isEqualTo(StreamFailure.RESET);
      assertThat(tunnel.events.awaitRefused().refusal()).isEqualTo(Refusal.CONNECT_FAILED);
      assertThat(endOf(tunnel, "name.invalid:80".getBytes(UTF_8))).isEqualTo(StreamFailure.RESET);
      assertThat(tunnel.events.awaitRefused().refusal())
          .isIn(Refusal.UNKNOWN_HOST, Refusal.RESOLVER_TIMEOUT);
    }
  }

  @Test
  void metadataThatIsNoDestinationIsRefusedAndSafeToPrint() throws Exception {
    try (TestTunnel tunnel = new TestTunnel()) {
      assertThat(endOf(tunnel, "a\r\nb\u001b[2J:80".getBytes(UTF_8)))
          .isEqualTo(StreamFailure.RESET);
      assertThat(tunnel.events.awaitRefused())
          .hasMessageContaining("'a\\u000d\\u000ab\\u001b[2J'")
          .extracting(e -> e.refusal())
          .isEqualTo(Refusal.BAD_METADATA);
      assertThat(endOf(tunnel, new byte[0])).isEqualTo(StreamFailure.RESET);
      assertThat(tunnel.events.awaitRefused().refusal()).isEqualTo(Refusal.BAD_METADATA);
    }
  }

  @Test
  void metadataLongerThanATunnelNeedsIsRefusedByTheSession() throws Exception {
    try (TestTunnel tunnel = new TestTunnel()) {
      assertThat(endOf(tunnel, new byte[513])).isEqualTo(StreamFailure.REFUSED);
      assertThat(tunnel.exit.stats().traffic().totalStreams()).isZero();
    }
  }

  @Test
  void aClientThatDoesNotFinishTheHandshakeIsLeft() throws Exception {
    StreamOpener never =
        destination -> {
          throw new IOException("must not be asked");
        };
    try (SocksProxy proxy = SocksProxy.listen(ANY_PORT, never, Duration.ofMillis(50));
        Socket socket = new Socket()) {
      socket.connect(proxy.localAddress());
      socket.getOutputStream().write(new byte[] {5, 1});
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void aClientIsToldThatThereIsNoSession() throws Exception {
    StreamOpener none =
        destination -> {
          throw new IOException("no session");
        };
    try (SocksProxy proxy = SocksProxy.listen(ANY_PORT, none);
        Socket socket = new Socket()) {
      socket.connect(proxy.localAddress());
      socket.getOutputStream().write(new byte[] {5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 0, 80});
      assertThat(socket.getInputStream().readAllBytes())
          .isEqualTo(new byte[] {5, 0, 5, 3, 0, 1, 0, 0, 0, 0, 0, 0});
    }
  }

  @Test
  void aForwardWithoutASessionResetsItsClients() throws Exception {
    StreamOpener none =
        destination -> {
          throw new IOException("no session");
        };
    try (LocalForward forward =
            LocalForward.listen(ANY_PORT, new Destination("example.com", 80), none);
        Socket socket = new Socket()) {
      socket.connect(forward.localAddress());
      assertThat(readUntilTheEnd(socket)).isEqualTo("reset");
    }
  }

  @Test
  void aForwardWhoseOpenerBreaksResetsItsClients() throws Exception {
    StreamOpener broken =
        destination -> {
          throw new StackOverflowError("thrown by the opener on request");
        };
    try (LocalForward forward =
            LocalForward.listen(ANY_PORT, new Destination("example.com", 80), broken);
        Socket socket = new Socket()) {
      socket.connect(forward.localAddress());
      assertThat(readUntilTheEnd(socket)).isEqualTo("reset");
    }
  }

  /** Without descriptors the JDK's log throws errors: it cannot load its classes. */
  @Test
  void aLogThatFailsTurnsNoRefusalIntoAnEnd() throws Exception {
    Handler failing =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            throw new NoClassDefFoundError("thrown by the log on request");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger log = Logger.getLogger(Exit.class.getName());
    log.addHandler(failing);
    log.setUseParentHandlers(false);
    log.setLevel(Level.ALL);
    try (TestTunnel tunnel = new TestTunnel()) {
      byte[] denied = new Destination("127.0.0.1", 1).toMetadata();
      assertThat(endOf(tunnel, denied)).isEqualTo(StreamFailure.RESET);
      assertThat(tunnel.events.awaitRefused().refusal()).isEqualTo(Refusal.DENIED_ADDRESS);
    } finally {
      log.setLevel(null);
      log.setUseParentHandlers(true);
      log.removeHandler(failing);
    }
  }

  @Test
  void closingTheProxyResetsItsConnections() throws Exception {
    try (TestDestination echo = TestDestination.echo();
        TestTunnel tunnel = new TestTunnel(echo.destination())) {
      SocksProxy proxy = SocksProxy.listen(ANY_PORT, tunnel.client);
      try (Socket socket = connect(proxy, "127.0.0.1", echo.destination().port())) {
        socket.getOutputStream().write(HELLO);
        assertThat(socket.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
        proxy.close();
        assertThat(readUntilTheEnd(socket)).isEqualTo("reset");
        assertThat(tunnel.events.awaitDisconnected().bytesUp()).isEqualTo(HELLO.length);
      }
    }
  }

  @Test
  void theLossOfTheSessionEndsTheConnectionsToTheDestinations() throws Exception {
    CompletableFuture<String> destinationSaw = new CompletableFuture<>();
    TestDestination.Handler patient =
        socket -> {
          socket.getOutputStream().write(HELLO);
          try {
            byte[] rest = socket.getInputStream().readAllBytes();
            destinationSaw.complete("end after " + rest.length);
          } catch (IOException e) {
            destinationSaw.complete("reset");
          }
        };
    try (TestDestination server = new TestDestination(patient);
        TestTunnel tunnel = new TestTunnel(server.destination());
        SocksProxy proxy = SocksProxy.listen(ANY_PORT, tunnel.client);
        Socket socket = connect(proxy, "127.0.0.1", server.destination().port())) {
      assertThat(socket.getInputStream().readNBytes(HELLO.length)).isEqualTo(HELLO);
      tunnel.client.session().orElseThrow().abort();
      // Not a clean end at either side: nobody may take the truncation for completeness.
      assertThat(destinationSaw.get(30, TimeUnit.SECONDS)).isEqualTo("reset");
      assertThat(readUntilTheEnd(socket)).isEqualTo("reset");
    }
  }

  private static Socket connect(SocksProxy proxy, String host, int port) throws IOException {
    Socket socket = new Socket(new Proxy(Proxy.Type.SOCKS, proxy.localAddress()));
    socket.connect(InetSocketAddress.createUnresolved(host, port));
    return socket;
  }

  /** Sends {@code data} and its end, and meanwhile reads to the end. */
  private static byte[] exchange(Socket socket, byte[] data) throws Exception {
    try (ExecutorService writer = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> written =
          writer.submit(() -> {
            socket.getOutputStream().write(data);
            socket.shutdownOutput();
            return null;
          });
      byte[] answer = socket.getInputStream().readAllBytes();
      written.get();
      return answer;
    }
  }

  /** Opens a stream that the exit does not serve; returns why it ended. */
  private static StreamFailure endOf(TestTunnel tunnel, byte[] metadata) throws IOException {
    try (MuxStream stream = tunnel.client.open(metadata, Duration.ofSeconds(30))) {
      byte[] data = stream.inputStream().readAllBytes();
      throw new AssertionError("a clean end after " + data.length + " bytes");
    } catch (StreamException e) {
      return e.reason();
    }
  }

  /** What is left to read, as text; "reset" when it ends with an error. */
  private static String readUntilTheEnd(Socket socket) {
    try {
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    } catch (IOException e) {
      return "reset";
    }
  }

  /** Bytes that differ from place to place and from length to length. */
  private static byte[] pattern(int length) {
    byte[] bytes = new byte[length];
    int value = length;
    for (int i = 0; i < length; i++) {
      value = value * 1_103_515_245 + 12_345;
      bytes[i] = (byte) (value >> 16);
    }
    return bytes;
  }
}
