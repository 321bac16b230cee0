package io.picomux.reliability.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A destination that greets everyone with a byte and answers each byte with another. */
final class Greeter implements AutoCloseable {
  static final int GREETING = 'x';
  static final int QUESTION = '?';
  static final int ANSWER = '!';

  /** More than a test connects at a time. */
  private static final int BACKLOG = 200;

  private final ServerSocket listener =
      new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());

  Greeter() throws IOException {
    Thread.ofVirtual().name("greeter").start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.startVirtualThread(() -> greet(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void greet(Socket socket) {
    try (socket) {
      socket.getOutputStream().write(GREETING);
      while (socket.getInputStream().read() >= 0) {
        socket.getOutputStream().write(ANSWER);
      }
    } catch (IOException e) {
      // Who was greeted has gone.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
