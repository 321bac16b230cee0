package io.picomux.tunnel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP server at a free port of 127.0.0.1, to which a tunnel leads. */
final class TestDestination implements AutoCloseable {

  /** What the server does with a connection; it is closed afterwards. */
  @FunctionalInterface
  interface Handler {
    void handle(Socket socket) throws IOException;
  }

  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  TestDestination(Handler handler) throws IOException {
    listener = new ServerSocket(0, 100, loopback());
    Thread.ofVirtual().start(() -> acceptAll(handler));
  }

  /** A server that sends back what it gets, and ends when its client ends. */
  static TestDestination echo() throws IOException {
    return new TestDestination(socket -> {
      socket.getInputStream().transferTo(socket.getOutputStream());
      socket.shutdownOutput();
    });
  }

  static InetAddress loopback() {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  Destination destination() {
    return new Destination("127.0.0.1", listener.getLocalPort());
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void acceptAll(Handler handler) {
    while (true) {
      Socket socket;
      try {
        socket = listener.accept();
      } catch (IOException e) {
        // The test is over.
        return;
      }
      open.add(socket);
      Thread.ofVirtual().start(() -> handle(handler, socket));
    }
  }

  private void handle(Handler handler, Socket socket) {
    try (socket) {
      handler.handle(socket);
    } catch (IOException e) {
      // The test looks at what arrives at the other end.
      return;
    } finally {
      open.remove(socket);
    }
  }
}
