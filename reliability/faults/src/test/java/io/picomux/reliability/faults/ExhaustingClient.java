package io.picomux.reliability.faults;

import io.picomux.PicoMux;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A client as a process of its own: begins sessions until there is no descriptor left, and one more
 * when there is one again. It says on its standard output what happens to it, a line each.
 */
final class ExhaustingClient {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private ExhaustingClient() {}

  public static void main(String[] args) throws IOException {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
    List<PicoMux> sessions = new ArrayList<>();
    try {
      while (true) {
        sessions.add(PicoMux.connect(address));
      }
    } catch (IOException e) {
      // Printing may need a class, and that a descriptor.
      sessions.removeLast().close();
      sessions.removeLast().close();
      System.out.println("not connected: " + e);
    }
    for (PicoMux session : sessions) {
      session.ping(PATIENCE);
    }
    System.out.println("alive " + sessions.size());
    Waiting.until(() -> connectsAgain(address));
    System.out.println("connected");
    sessions.forEach(PicoMux::abort);
  }

  private static boolean connectsAgain(InetSocketAddress address) {
    try (PicoMux again = PicoMux.connect(address)) {
      return again.ping(PATIENCE).isPositive();
    } catch (IOException e) {
      // The descriptors of closed sessions go a little later.
      return false;
    }
  }
}
