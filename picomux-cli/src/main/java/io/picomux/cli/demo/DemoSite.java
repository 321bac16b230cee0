package io.picomux.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The small web site of the demo, at a port of the loopback interface.
 *
 * <table>
 * <caption>What it answers</caption>
 * <tr><th>request</th><th>answer</th></tr>
 * <tr><td>{@code GET /}</td><td>a page that says what was just shown</td></tr>
 * <tr><td>{@code GET /bytes/N}</td><td>N pseudo-random bytes, their SHA-256 in the header {@code
 *     X-SHA256}</td></tr>
 * <tr><td>{@code GET /digest/N}</td><td>that SHA-256 alone</td></tr>
 * <tr><td>{@code PUT /upload}, {@code POST /upload}</td><td>the number of bytes in the request's body
 *     and their SHA-256</td></tr>
 * </table>
 */
final class DemoSite implements AutoCloseable {

  /** The longest download: longer ones would only warm the room (chosen by judgement). */
  static final long MAX_DOWNLOAD_BYTES = 10_000_000_000L;

  private static final String PAGE = "page.html";
  private static final int CLOSE_DELAY_SECONDS = 0;

  private final HttpServer server;
  private final ExecutorService handlers;
  private final byte[] page;

  private DemoSite(HttpServer server, ExecutorService handlers, byte[] page) {
    this.server = server;
    this.handlers = handlers;
    this.page = page;
  }

  /** Serves at a port of 127.0.0.1 that the system chooses. */
  static DemoSite start() throws IOException {
    byte[] page;
    try (InputStream in = DemoSite.class.getResourceAsStream(PAGE)) {
      if (in == null) {
        throw new IOException("the resource " + PAGE + " is missing");
      }
      page = in.readAllBytes();
    }
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
    ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
    DemoSite site = new DemoSite(server, handlers, page);
    server.setExecutor(handlers);
    server.createContext("/", site::handle);
    server.start();
    return site;
  }

  /** The port of 127.0.0.1 at which the site is. */
  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(CLOSE_DELAY_SECONDS);
    handlers.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      boolean upload = path.equals("/upload");
      String method = exchange.getRequestMethod();
      boolean allowed =
          upload
              ? method.equals("PUT") || method.equals("POST")
              : method.equals("GET") || method.equals("HEAD");
      if (!allowed) {
        exchange.getResponseHeaders().set("Allow", upload ? "PUT, POST" : "GET, HEAD");
        answer(exchange, 405, "this path takes " + (upload ? "PUT and POST" : "GET and HEAD"));
      } else if (upload) {
        receive(exchange);
      } else if (path.equals("/")) {
        exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
        answer(exchange, 200, page);
      } else if (path.startsWith("/bytes/")) {
        sendBytes(exchange, path.substring("/bytes/".length()));
      } else if (path.startsWith("/digest/")) {
        sendDigest(exchange, path.substring("/digest/".length()));
      } else {
        answer(exchange, 404, "there are /, /bytes/N, /digest/N and /upload");
      }
    }
  }

  private static void sendBytes(HttpExchange exchange, String number) throws IOException {
    long length = lengthOf(number);
    if (length < 0) {
      answerBadLength(exchange);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
    exchange.getResponseHeaders().set("X-SHA256", PseudoRandomBytes.sha256(length));
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Long.toString(length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    // For this server 0 means a body of unknown length, and -1 none.
    exchange.sendResponseHeaders(200, length == 0 ? -1 : length);
    try (OutputStream body = exchange.getResponseBody()) {
      PseudoRandomBytes.write(length, body);
    }
  }

  private static void sendDigest(HttpExchange exchange, String number) throws IOException {
    long length = lengthOf(number);
    if (length < 0) {
      answerBadLength(exchange);
      return;
    }
    answer(exchange, 200, PseudoRandomBytes.sha256(length));
  }

  private static void receive(HttpExchange exchange) throws IOException {
    MessageDigest digest = PseudoRandomBytes.sha256();
    long count = 0;
    byte[] buffer = new byte[64 << 10];
    InputStream body = exchange.getRequestBody();
    for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
      digest.update(buffer, 0, read);
      count += read;
    }
    answer(exchange, 200, count + " bytes, sha256 " + PseudoRandomBytes.hex(digest));
  }

  private static void answerBadLength(HttpExchange exchange) throws IOException {
    answer(exchange, 400, "N is a number of bytes, 0 to " + MAX_DOWNLOAD_BYTES);
  }

  private static void answer(HttpExchange exchange, int status, String line) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    answer(exchange, status, (line + "\n").getBytes(UTF_8));
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  /** The length that {@code text} names; -1 when it names none. */
  private static long lengthOf(String text) {
    boolean number =
        !text.isEmpty() && text.length() <= 11 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    long length = number ? Long.parseLong(text) : -1;
    return length <= MAX_DOWNLOAD_BYTES ? length : -1;
  }
}
