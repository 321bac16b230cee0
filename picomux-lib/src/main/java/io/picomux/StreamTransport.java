package io.picomux;

import io.picomux.log.GuardedLogger;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A transport over blocking streams: those of a socket, of a pipe or of a process. */
final class StreamTransport implements Transport {
  /**
   * A record of TLS with so many bytes of data is full: up to 16,384 (RFC 8446, section 5.1), of
   * which the JDK leaves 17 unused when it sends.
   */
  static final int FULL_RECORD_BYTES = (16 << 10) - 17;

  private final InputStream in;
  private final OutputStream out;
  private final @Nullable Socket socket;

  /** Whether a write is under way, or has failed. */
  private volatile boolean writing;

  StreamTransport(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
    this.socket = null;
  }

  StreamTransport(Socket socket) throws IOException {
    prepare(socket);
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    this.socket = socket;
  }

  /** A timeout of the former owner would end the session, and Nagle's delay slows small frames. */
  private static void prepare(Socket socket) throws IOException {
    socket.setSoTimeout(0);
    try {
      socket.setTcpNoDelay(true);
    } catch (SocketException | UnsupportedOperationException e) {
      GuardedLogger.ofLibrary()
          .log(System.Logger.Level.DEBUG, "the transport knows no TCP_NODELAY", e);
    }
  }

  /**
   * Returns how much a read brings that is likely to be followed by another one at once: of TLS, as
   * for the others nothing is gained by waiting for that.
   */
  int fullReadBytes() {
    return socket instanceof SSLSocket ? FULL_RECORD_BYTES : Integer.MAX_VALUE;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    return in.read(buffer, offset, length);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    writing = true;
    out.write(buffer, offset, length);
    out.flush();
    writing = false;
  }

  @Override
  public void shutdownOutput() throws IOException {
    if (socket != null) {
      socket.shutdownOutput();
    } else {
      out.close();
    }
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return socket == null ? null : socket.getRemoteSocketAddress();
  }

  @Override
  public void close() throws IOException {
    if (socket == null) {
      closeStreams();
      return;
    }
    if (writing) {
      // TLS wants to say goodbye behind a write that is stuck; without linger it does not wait.
      socket.setSoLinger(true, 0);
    }
    socket.close();
  }

  /** Closes both, each on a thread of its own: either may wait for a thread that is stuck in it. */
  private void closeStreams() throws IOException {
    Thread.ofVirtual()
        .name("picomux-closer")
        .start(() -> {
          try {
            in.close();
          } catch (IOException e) {
            GuardedLogger.ofLibrary()
                .log(System.Logger.Level.DEBUG, "input of the transport does not close", e);
          }
        });
    out.close();
  }
}
