package io.picomux.interop.parties;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.SessionException;
import io.picomux.socket.MuxServerSocket;
import io.picomux.socket.MuxSocket;
import io.picomux.testkit.SelfSignedTls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK's TLS, end to end over a stream: sockets of both sides are layered on ours. */
@Timeout(120)
class TlsOverStreamTest {

  private static final String HOST = "service.example";
  private static final int LARGE_BYTES = 10_000_000;

  private static SSLContext tls;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private Loopback session;
  private MuxSocket near;
  private MuxSocket far;

  @BeforeAll
  static void makeCertificate() throws IOException {
    tls = SelfSignedTls.context(HOST);
  }

  @BeforeEach
  void connect() throws IOException {
    session = Loopback.connect();
    near = new MuxSocket(session.client());
    near.connect(InetSocketAddress.createUnresolved(HOST, 443));
    far = new MuxServerSocket(session.server()).accept();
  }

  @AfterEach
  void close() {
    session.client().abort();
    session.server().abort();
    threads.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void megabytesGoBothWaysAtOnce(String protocol) throws Exception {
    try (SSLSocket client = clientSide(protocol, HOST);
        SSLSocket server = serverSide()) {
      byte[] up = Bytes.random(1, LARGE_BYTES);
      byte[] down = Bytes.random(2, LARGE_BYTES);
      Future<?> upWriter = threads.submit(writing(client, up));
      Future<?> downWriter = threads.submit(writing(server, down));
      Future<byte[]> upReader = threads.submit(reading(server));
      Future<byte[]> downReader = threads.submit(reading(client));
      upWriter.get();
      downWriter.get();
      assertThat(Bytes.sha256(upReader.get())).isEqualTo(Bytes.sha256(up));
      assertThat(Bytes.sha256(downReader.get())).isEqualTo(Bytes.sha256(down));
      assertThat(client.getSession().getProtocol()).isEqualTo(protocol);
      assertThat(client.getSession().getPeerPrincipal().getName()).isEqualTo("CN=" + HOST);
    }
  }

  @Test
  void closeNotifyEndsOneDirectionAndTheAnswerStillComes() throws Exception {
    SSLSocket client = clientSide("TLSv1.3", HOST);
    SSLSocket server = serverSide();
    Future<byte[]> question = threads.submit(() -> server.getInputStream().readAllBytes());
    client.getOutputStream().write("question".getBytes(UTF_8));
    client.shutdownOutput();
    assertThat(question.get()).asString().isEqualTo("question");

    server.getOutputStream().write("answer".getBytes(UTF_8));
    server.close();
    assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("answer");
    client.close();
    assertThat(near.isClosed()).as("the layered socket is closed with the TLS one").isTrue();
    assertThat(far.isClosed()).isTrue();
  }

  @Test
  void aReadTimeoutLeavesTheTlsSessionUsable() throws Exception {
    try (SSLSocket client = clientSide("TLSv1.3", HOST);
        SSLSocket server = serverSide()) {
      Future<?> handshake =
          threads.submit(() -> {
            server.startHandshake();
            return true;
          });
      client.startHandshake();
      handshake.get();
      client.setSoTimeout(1);
      assertThatThrownBy(() -> client.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      client.setSoTimeout(0);
      server.getOutputStream().write(42);
      assertThat(client.getInputStream().read()).isEqualTo(42);
    }
  }

  @Test
  void aCertificateOfAnotherNameIsRefused() throws Exception {
    SSLSocket client = clientSide("TLSv1.3", "other.example");
    SSLSocket server = serverSide();
    Future<Integer> refused = threads.submit(() -> server.getInputStream().read());
    assertThatThrownBy(client::startHandshake).isInstanceOf(SSLException.class);
    assertThatThrownBy(refused::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(SSLException.class);
  }

  @Test
  void theEndOfTheSessionIsNoEndOfFile() throws Exception {
    SSLSocket client = clientSide("TLSv1.3", HOST);
    SSLSocket server = serverSide();
    Future<Integer> first = threads.submit(() -> client.getInputStream().read());
    server.getOutputStream().write(1);
    assertThat(first.get()).isEqualTo(1);
    session.server().abort();
    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(IOException.class)
        .hasRootCauseInstanceOf(SessionException.class);
  }

  private SSLSocket clientSide(String protocol, String host) throws IOException {
    SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(near, host, 443, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setProtocols(new String[] {protocol});
    socket.setSSLParameters(parameters);
    return socket;
  }

  /** A socket in server mode, which begins with nothing read already. */
  private SSLSocket serverSide() throws IOException {
    return (SSLSocket)
        tls.getSocketFactory().createSocket(far, InputStream.nullInputStream(), true);
  }

  private static Callable<Void> writing(SSLSocket socket, byte[] data) {
    return () -> {
      socket.getOutputStream().write(data);
      return null;
    };
  }

  private static Callable<byte[]> reading(SSLSocket socket) {
    return () -> socket.getInputStream().readNBytes(LARGE_BYTES);
  }
}
