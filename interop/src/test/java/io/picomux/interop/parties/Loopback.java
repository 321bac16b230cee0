package io.picomux.interop.parties;

import io.picomux.PicoMux;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;

/** The two ends of a session over TCP on loopback. */
record Loopback(PicoMux client, PicoMux server) implements AutoCloseable {

  static Loopback connect() throws IOException {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      PicoMux client = PicoMux.over(SocketChannel.open(listener.getLocalAddress()));
      return new Loopback(client, PicoMux.over(listener.accept()));
    }
  }

  /** Closes both ends in order at the same time, as neither ends before the other does. */
  @Override
  public void close() {
    CompletableFuture<Void> closing = CompletableFuture.runAsync(client::close);
    server.close();
    closing.join();
  }
}
