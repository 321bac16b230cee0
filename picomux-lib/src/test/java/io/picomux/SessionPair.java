package io.picomux;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;

/** Two ends of a session, connected in this process. */
record SessionPair(PicoMux client, PicoMux server) implements AutoCloseable {
  /** How the two ends are connected. */
  enum Kind {
    /** Socket channels over loopback: the selector engine. */
    CHANNEL,
    /** Sockets without a channel over loopback: the blocking engine. */
    SOCKET,
    /** Piped streams: the blocking engine without a network. */
    PIPE
  }

  private static final int PIPE_BYTES = 1 << 16;

  static SessionPair open(Kind kind) throws IOException {
    return open(kind, PicoMux.builder(), PicoMux.builder());
  }

  static SessionPair open(Kind kind, PicoMuxBuilder client, PicoMuxBuilder server)
      throws IOException {
    return switch (kind) {
      case CHANNEL -> {
        SocketChannel[] ends = channels();
        yield new SessionPair(client.over(ends[0]), server.over(ends[1]));
      }
      case SOCKET -> {
        java.net.Socket[] ends = sockets();
        yield new SessionPair(client.over(ends[0]), server.over(ends[1]));
      }
      case PIPE -> {
        PipedInputStream clientIn = new PipedInputStream(PIPE_BYTES);
        PipedInputStream serverIn = new PipedInputStream(PIPE_BYTES);
        PipedOutputStream clientOut = new PipedOutputStream(serverIn);
        PipedOutputStream serverOut = new PipedOutputStream(clientIn);
        yield new SessionPair(client.over(clientIn, clientOut), server.over(serverIn, serverOut));
      }
    };
  }

  /** Returns the two ends of a loopback connection. */
  static SocketChannel[] channels() throws IOException {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      SocketChannel connecting = SocketChannel.open(listener.getLocalAddress());
      return new SocketChannel[] {connecting, listener.accept()};
    }
  }

  /** Returns the two ends of a loopback connection, as sockets that belong to no channel. */
  static java.net.Socket[] sockets() throws IOException {
    try (java.net.ServerSocket listener =
        new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      java.net.Socket connecting =
          new java.net.Socket(listener.getInetAddress(), listener.getLocalPort());
      return new java.net.Socket[] {connecting, listener.accept()};
    }
  }

  /** Closes both ends at the same time, as neither ends before the other does. */
  @Override
  public void close() {
    CompletableFuture<Void> closing = CompletableFuture.runAsync(client::close);
    server.close();
    closing.join();
  }
}
