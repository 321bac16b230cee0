package io.picomux.reliability.faults.soak;

import io.picomux.PicoMux;
import io.picomux.PicoMuxServer;
import io.picomux.core.LivenessConfig;
import io.picomux.tunnel.exit.AllowRule;
import io.picomux.tunnel.exit.Exit;
import io.picomux.tunnel.exit.ExitPolicy;
import io.picomux.tunnel.exit.ExitServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The server process: sessions, an exit, and a plain TCP echo behind it. Ends with its input. */
@Command(name = "server", hidden = true, description = "The server process; started by run.")
final class SoakServer implements Callable<Integer> {
  /** Quick enough for a soak to see it, slow enough for a machine that is busy. */
  static final LivenessConfig LIVENESS =
      LivenessConfig.of(Duration.ofSeconds(8), Duration.ofSeconds(12), Duration.ofSeconds(5));

  @Option(names = "--sample-seconds", required = true, description = "Time between two samples.")
  private int sampleSeconds;

  private final SelfMeasurement measurement = new SelfMeasurement();
  private final StreamService service = new StreamService();

  @Override
  public Integer call() throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    PicoMuxServer.Builder builder =
        PicoMuxServer.builder().sessions(PicoMux.builder().liveness(LIVENESS));
    try (ServerSocket echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        PicoMuxServer server = builder.listen(any, service::serve);
        ExitServer exit = ExitServer.listen(any, exitTo(echo.getLocalPort()))) {
      Thread.ofVirtual().name("soak-echo").start(() -> echo(echo));
      Message.ports(port(server.localAddress()), port(exit.localAddress()), echo.getLocalPort())
          .print();
      Sampler sampler = new Sampler(sampleSeconds, () -> Message.figures(figures(), Map.of()));
      sampler.runUntilInputEnds();
    }
    Message.ended(figures(), Map.of()).print();
    return 0;
  }

  private Figures figures() {
    return measurement.take();
  }

  private static int port(SocketAddress address) {
    return ((InetSocketAddress) address).getPort();
  }

  private static Exit exitTo(int port) {
    ExitPolicy policy =
        ExitPolicy.publicInternet().allowing(List.of(AllowRule.parse("127.0.0.1:" + port)));
    return Exit.builder().policy(policy).build();
  }

  private static void echo(ServerSocket listener) {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.startVirtualThread(() -> echo(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void echo(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
      socket.shutdownOutput();
    } catch (IOException e) {
      // The tunnel was cut: so is this connection.
    }
  }
}
