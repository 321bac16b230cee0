package io.picomux.reliability.faults.soak;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;

/** Sends bytes through the SOCKS proxy, the tunnel and its exit, and back. Not thread-safe. */
final class TunnelUse {
  private static final int READ_TIMEOUT_MILLIS = 60_000;

  private final InetSocketAddress proxy;
  private final int targetPort;
  private final Random random;

  TunnelUse(InetSocketAddress proxy, int targetPort, long seed) {
    this.proxy = proxy;
    this.targetPort = targetPort;
    this.random = new Random(seed);
  }

  void run() throws IOException {
    byte[] data = new byte[random.nextInt(400_000)];
    random.nextBytes(data);
    try (Socket socket = new Socket(new Proxy(Proxy.Type.SOCKS, proxy))) {
      socket.setSoTimeout(READ_TIMEOUT_MILLIS);
      socket.connect(InetSocketAddress.createUnresolved("127.0.0.1", targetPort));
      Thread writer = Thread.ofVirtual().name("soak-tunnel-writer").start(() -> send(socket, data));
      byte[] echo = socket.getInputStream().readAllBytes();
      writer.join();
      if (!Arrays.equals(echo, data)) {
        throw new Operation.WrongResultException(
            "the tunnel gave back " + echo.length + " bytes, not the " + data.length + " sent");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(Socket socket, byte[] data) {
    try {
      socket.getOutputStream().write(data);
      socket.shutdownOutput();
    } catch (IOException e) {
      // The reader sees what is missing.
    }
  }
}
