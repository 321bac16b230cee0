package io.picomux.interop;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A web server on loopback. {@code GET /N} is answered with the first N bytes of the seed N; what
 * is sent by POST or PUT is answered with a line of its length and SHA-256. Safe for concurrent
 * use.
 */
final class HttpDestination implements AutoCloseable {

  /** Called between the last byte of an answer and the end of the connection. */
  @FunctionalInterface
  interface BeforeEnd {
    /**
     * The whole answer is on its way.
     *
     * @param bodyBytes the length of its body
     */
    void answered(long bodyBytes) throws IOException;
  }

  private static final int OK = 200;

  private final BeforeEnd beforeEnd;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  HttpDestination(BeforeEnd beforeEnd) throws IOException {
    this.beforeEnd = beforeEnd;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Where the server listens, as a tunnel is told to dial it. */
  String authority() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** The line with which the server answers these bytes. */
  static String answerTo(Receipt upload) {
    return upload.bytes() + " " + upload.sha256() + "\n";
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] answer;
      if (exchange.getRequestMethod().equals("GET")) {
        int bytes = Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
        answer = SeededBytes.of(bytes, bytes);
      } else {
        Receipt upload = Receipt.ofInput(exchange.getRequestBody(), Long.MAX_VALUE);
        answer = answerTo(upload).getBytes(US_ASCII);
      }
      exchange.sendResponseHeaders(OK, answer.length);
      try (OutputStream body = exchange.getResponseBody()) {
        body.write(answer);
        body.flush();
        beforeEnd.answered(answer.length);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
