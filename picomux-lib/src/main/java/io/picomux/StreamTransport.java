package io.picomux;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A transport over blocking streams: those of a socket, of a pipe or of a process. */
final class StreamTransport implements Transport {
  private final InputStream in;
  private final OutputStream out;
  private final @Nullable Socket socket;

  StreamTransport(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
    this.socket = null;
  }

  StreamTransport(Socket socket) throws IOException {
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    this.socket = socket;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    return in.read(buffer, offset, length);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    out.write(buffer, offset, length);
    out.flush();
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
    if (socket != null) {
      socket.close();
      return;
    }
    try {
      out.close();
    } finally {
      in.close();
    }
  }
}
