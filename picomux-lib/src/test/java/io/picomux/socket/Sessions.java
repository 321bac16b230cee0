package io.picomux.socket;

import io.picomux.PicoMux;
import io.picomux.PicoMuxBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Two ends of a session over loopback. */
record Sessions(PicoMux client, PicoMux server) implements AutoCloseable {
  static Sessions open() throws IOException {
    return open(PicoMux.builder());
  }

  static Sessions open(PicoMuxBuilder client) throws IOException {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      PicoMux near = client.over(SocketChannel.open(listener.getLocalAddress()));
      return new Sessions(near, PicoMux.over(listener.accept()));
    }
  }

  /** Returns a connected socket and the one that its stream was accepted as. */
  MuxSocket[] connect() throws IOException {
    MuxSocket near = new MuxSocket(client);
    near.connect(InetSocketAddress.createUnresolved("service.example", 80));
    return new MuxSocket[] {near, new MuxServerSocket(server).accept()};
  }

  /** Ends both at once. */
  @Override
  public void close() {
    client.abort();
    server.abort();
  }
}
