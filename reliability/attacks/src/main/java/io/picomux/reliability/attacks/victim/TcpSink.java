package io.picomux.reliability.attacks.victim;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Reads and discards what comes on plain TCP connections: what the same bytes cost when nobody
 * looks at them. A connection has a virtual thread and a direct buffer as large as one read of a
 * session.
 */
final class TcpSink {
  private static final int BUFFER_BYTES = 256 << 10;

  private final ServerSocketChannel listener;

  private TcpSink(ServerSocketChannel listener) {
    this.listener = listener;
  }

  static TcpSink listen() throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    TcpSink sink = new TcpSink(listener);
    Thread.ofVirtual().name("sink-acceptor").start(sink::accept);
    return sink;
  }

  int port() throws IOException {
    return ((InetSocketAddress) listener.getLocalAddress()).getPort();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel connection = listener.accept();
        Thread.ofVirtual().name("sink").start(() -> discard(connection));
      }
    } catch (IOException e) {
      System.err.println("the sink does not accept any more: " + e);
    }
  }

  private static void discard(SocketChannel connection) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    try (connection) {
      while (connection.read(buffer) >= 0) {
        buffer.clear();
      }
    } catch (IOException e) {
      // The other side has reset the connection, which is an end like any other here.
      return;
    }
  }
}
