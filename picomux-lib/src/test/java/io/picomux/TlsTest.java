package io.picomux;

import static io.picomux.Conditions.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.core.SessionEnd;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions over TLS sockets. */
@Timeout(60)
class TlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir static Path folder;

  private static SSLContext context = emptyContext();

  /** The two ends of a TLS connection, past the handshake. */
  private record Ends(SSLSocket client, SSLSocket server) {}

  @BeforeAll
  static void makeCertificate() throws Exception {
    Path store = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "test",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=localhost",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).as(output).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, PASSWORD);
    TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
    trusted.init(keys);
    context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void bytesGoBothWaysAndBothSidesCloseInOrder(String protocol) throws Exception {
    byte[] data = new byte[2_000_000];
    new Random(1).nextBytes(data);
    Ends ends = connect(protocol);
    PicoMux client = PicoMux.over(ends.client);
    PicoMux server = PicoMux.over(ends.server);
    try (SessionPair pair = new SessionPair(client, server)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      Background<?> echo =
          Background.start(() -> {
            far.inputStream().transferTo(far.outputStream());
            far.shutdownOutput();
            return null;
          });
      Background<byte[]> read = Background.start(() -> near.inputStream().readAllBytes());
      near.write(data, 0, data.length);
      near.shutdownOutput();
      assertThat(read.get()).isEqualTo(data);
      echo.get();
    }
    // One side may hear of the other's close before it begins its own.
    SessionEnd[] clean = {SessionEnd.CLOSED, SessionEnd.PEER_CLOSED};
    assertThat(client.onTermination().get().reason()).isIn((Object[]) clean);
    assertThat(server.onTermination().get().reason()).isIn((Object[]) clean);
    until(() -> ends.client.isClosed() && ends.server.isClosed());
  }

  /** A record costs both ends about the same, whatever is in it. */
  @Test
  void bulkFillsItsRecords() throws Exception {
    Ends ends = connect("TLSv1.3");
    int size = 4 << 20;
    try (RawPeer peer = RawPeer.over(PicoMux.over(ends.client), ends.server)) {
      MuxStream stream = peer.mux().open(new byte[0]);
      peer.sendMore(stream.id(), size / 8192);
      Background<?> write =
          Background.start(() -> {
            stream.write(new byte[size], 0, size);
            return null;
          });
      byte[] record = new byte[2 * StreamTransport.FULL_RECORD_BYTES];
      long inFullRecords = 0;
      long all = 0;
      while (all < size) {
        int n = ends.server.getInputStream().read(record);
        all += n;
        inFullRecords += n == StreamTransport.FULL_RECORD_BYTES ? n : 0;
      }
      write.get();
      assertThat((double) inFullRecords / all).isGreaterThan(0.95);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void theEndOfASessionClosesTheSocketAlsoBehindAStuckWrite(String protocol) throws Exception {
    Ends ends = connect(protocol);
    PicoMux mux =
        PicoMux.builder().threadFactory(Thread.ofPlatform().daemon().factory()).over(ends.client);
    try (RawPeer peer = RawPeer.over(mux, ends.server)) {
      MuxStream stream = mux.open(new byte[0]);
      peer.sendMore(stream.id(), 60_000);
      Background<?> write =
          Background.start(() -> {
            stream.write(new byte[64 << 20], 0, 64 << 20);
            return null;
          });
      until(() -> stream.stats().waitsFor() == StreamStats.WaitsFor.TRANSPORT);
      until(() -> isInWrite(mux.id()));
      mux.abort();
      assertThatThrownBy(write::get).isInstanceOf(SessionException.class);
      until(ends.client::isClosed);
      until(() -> threadsOf(mux.id()) == 0);
    }
  }

  /** Whether more is likely to follow is told by the length of records, which is the JDK's. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void aReadOfAFullRecordCountsAsFull(String protocol) throws Exception {
    Ends ends = connect(protocol);
    int full = new StreamTransport(ends.server).fullReadBytes();
    try (ends.client;
        ends.server) {
      Background<?> write =
          Background.start(() -> {
            ends.client.getOutputStream().write(new byte[TransportReader.READ_BYTES]);
            return null;
          });
      byte[] bytes = new byte[TransportReader.READ_BYTES];
      int first = ends.server.getInputStream().read(bytes);
      assertThat(first).isBetween(full, 16 << 10);
      assertThat(ends.server.getInputStream().readNBytes(bytes.length - first)).isNotEmpty();
      write.get();
    }
  }

  private static Ends connect(String protocol) throws Exception {
    try (SSLServerSocket listener =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Background<SSLSocket> accepting =
          Background.start(() -> {
            SSLSocket accepted = (SSLSocket) listener.accept();
            accepted.startHandshake();
            return accepted;
          });
      SSLSocket client =
          (SSLSocket)
              context
                  .getSocketFactory()
                  .createSocket(listener.getInetAddress(), listener.getLocalPort());
      client.setEnabledProtocols(new String[] {protocol});
      client.startHandshake();
      assertThat(client.getSession().getProtocol()).isEqualTo(protocol);
      return new Ends(client, accepting.get());
    }
  }

  /** Tells whether the writer of a session has been in the socket's write for a while. */
  private static boolean isInWrite(long sessionId) {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(each -> each.getKey().getName().equals("picomux-" + sessionId + "-writer"))
        .flatMap(each -> Arrays.stream(each.getValue()))
        .anyMatch(frame -> frame.getClassName().startsWith("sun.nio.ch.NioSocketImpl"));
  }

  private static long threadsOf(long sessionId) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("picomux-" + sessionId + "-"))
        .count();
  }

  private static SSLContext emptyContext() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
