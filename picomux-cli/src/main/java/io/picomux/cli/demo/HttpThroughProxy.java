package io.picomux.cli.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One HTTP request through the SOCKS5 proxy, by the SOCKS client of the Java platform, which knows
 * nothing of picomux. It leaves names to the proxy, unlike the platform's HTTP clients.
 */
final class HttpThroughProxy {

  /** The longest line of an answer's head, in bytes (chosen by judgement). */
  private static final int MAX_LINE_BYTES = 8192;

  private static final int TIMEOUT_MILLIS = 30_000;

  private final InetSocketAddress proxy;
  private final String host;
  private final int port;

  /** Requests to {@code host}, a name that is not looked up here, at {@code port}. */
  HttpThroughProxy(InetSocketAddress proxy, String host, int port) {
    this.proxy = proxy;
    this.host = host;
    this.port = port;
  }

  /**
   * An answer.
   *
   * @param status the status code
   * @param headers by name in lower case
   * @param length bytes of the body
   * @param sha256 of the body, in lower-case hexadecimal
   * @param start the first bytes of the body as text, at most 64 KiB
   */
  record Answer(int status, Map<String, String> headers, long length, String sha256, String start) {
    Answer {
      headers = Map.copyOf(headers);
    }
  }

  /** Writes the body of a request. */
  @FunctionalInterface
  interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Gets {@code path}. */
  Answer get(String path) throws IOException {
    return request("GET", path, 0, out -> {});
  }

  /** Puts {@code length} bytes of {@code body} to {@code path}. */
  Answer put(String path, long length, Body body) throws IOException {
    return request("PUT", path, length, body);
  }

  private Answer request(String method, String path, long length, Body body) throws IOException {
    try (Socket socket = new Socket(new Proxy(Proxy.Type.SOCKS, proxy))) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(InetSocketAddress.createUnresolved(host, port), TIMEOUT_MILLIS);
      OutputStream out = socket.getOutputStream();
      String head =
          method
              + " "
              + path
              + " HTTP/1.1\r\nHost: "
              + host
              + ":"
              + port
              + "\r\nConnection: close\r\nContent-Length: "
              + length
              + "\r\n\r\n";
      out.write(head.getBytes(ISO_8859_1));
      body.writeTo(out);
      return read(new BufferedInputStream(socket.getInputStream(), 64 << 10));
    }
  }

  private static Answer read(InputStream in) throws IOException {
    String[] statusLine = readLine(in).split(" ", 3);
    if (statusLine.length < 2 || !statusLine[0].startsWith("HTTP/1.")) {
      throw new IOException("the answer is not HTTP");
    }
    Map<String, String> headers = new HashMap<>();
    for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    long expected = Long.parseLong(headers.getOrDefault("content-length", "0"));
    MessageDigest digest = PseudoRandomBytes.sha256();
    byte[] start = in.readNBytes((int) Math.min(expected, 64 << 10));
    digest.update(start);
    long length = start.length;
    byte[] buffer = new byte[64 << 10];
    while (length < expected) {
      int count = in.read(buffer, 0, (int) Math.min(buffer.length, expected - length));
      if (count < 0) {
        break;
      }
      digest.update(buffer, 0, count);
      length += count;
    }
    if (length < expected) {
      throw new EOFException("the answer ended after " + length + " of " + expected + " bytes");
    }
    return new Answer(
        Integer.parseInt(statusLine[1]),
        headers,
        length,
        PseudoRandomBytes.hex(digest),
        new String(start, ISO_8859_1));
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the answer ended within its head");
      }
      if (line.length() == MAX_LINE_BYTES) {
        throw new IOException("the answer has a line longer than " + MAX_LINE_BYTES + " bytes");
      }
      line.append((char) b);
    }
    return line.toString().strip();
  }
}
