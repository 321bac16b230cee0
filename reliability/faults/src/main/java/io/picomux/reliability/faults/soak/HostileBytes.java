package io.picomux.reliability.faults.soak;

import io.picomux.core.Command;
import io.picomux.core.FrameEncoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Random;

/** Connects to the server and says what no honest peer would. Not thread-safe. */
final class HostileBytes {
  private static final int READ_TIMEOUT_MILLIS = 60_000;

  private final InetSocketAddress server;
  private final Random random;

  HostileBytes(InetSocketAddress server, long seed) {
    this.server = server;
    this.random = new Random(seed);
  }

  void run() throws IOException {
    try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
      socket.setSoTimeout(READ_TIMEOUT_MILLIS);
      try {
        for (int i = 0; i < 20; i++) {
          socket.getOutputStream().write(something());
        }
        socket.shutdownOutput();
        socket.getInputStream().skip(Long.MAX_VALUE);
      } catch (SocketException e) {
        // The server has had enough.
      }
    }
  }

  private byte[] something() {
    if (random.nextInt(20) == 0) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      return noise;
    }
    Command[] commands = Command.values();
    byte[] body = new byte[random.nextInt(random.nextInt(10) == 0 ? 60_000 : 100)];
    random.nextBytes(body);
    return FrameEncoder.encode(commands[random.nextInt(commands.length)], random.nextInt(4), body);
  }
}
