package io.picomux.reliability.faults;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.PicoMuxServer;
import io.picomux.core.LivenessConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * The other process: {@code server} echoes on a port and says how sessions end, {@code client}
 * sends a byte to and fro for ever and says so, {@code pipe} echoes over its standard streams.
 */
public final class PeerProgram {
  private PeerProgram() {}

  /**
   * Runs it.
   *
   * @param args what to be; the timeout of its liveness in milliseconds; for a client, the port
   */
  public static void main(String[] args) throws Exception {
    LivenessConfig liveness = liveness(Duration.ofMillis(Long.parseLong(args[1])));
    switch (args[0]) {
      case "server" -> serve(liveness);
      case "client" -> ask(liveness, Integer.parseInt(args[2]));
      case "pipe" -> echoStreams(PicoMux.builder().liveness(liveness).over(System.in, System.out));
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  /** A PING as often as it may be silent, and while calls wait. */
  static LivenessConfig liveness(Duration timeout) {
    return LivenessConfig.of(timeout, timeout, timeout);
  }

  private static void serve(LivenessConfig liveness) throws Exception {
    PicoMuxServer server =
        PicoMuxServer.builder()
            .sessions(PicoMux.builder().liveness(liveness))
            .listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                session -> {
                  var unused =
                      session
                          .onTermination()
                          .thenAccept(end -> say("ended " + end.reason() + " " + end.getMessage()));
                  echoStreams(session);
                });
    say("port " + ((InetSocketAddress) server.localAddress()).getPort());
    new CountDownLatch(1).await();
  }

  private static void echoStreams(PicoMux session) throws IOException {
    while (true) {
      MuxStream stream = session.accept();
      Thread.startVirtualThread(() -> echo(stream));
    }
  }

  private static void echo(MuxStream stream) {
    try (stream) {
      stream.inputStream().transferTo(stream.outputStream());
    } catch (IOException e) {
      stream.reset();
    }
  }

  private static void ask(LivenessConfig liveness, int port) throws IOException {
    InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (PicoMux mux = PicoMux.builder().liveness(liveness).connect(server);
        MuxStream stream = mux.open(new byte[0])) {
      for (int i = 0; true; i++) {
        stream.outputStream().write(i);
        int echo = stream.inputStream().read();
        say(echo == (i & 0xFF) ? "echo " + i : "wrong " + echo);
      }
    } catch (IOException e) {
      say("failed " + e);
    }
  }

  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
