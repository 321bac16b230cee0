package io.picomux;

import static io.picomux.Conditions.until;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server whose process has used up its file descriptors. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class DescriptorLimitTest {
  private static final int DESCRIPTORS = 80;

  /** More than fit, and few enough for the rest to wait in the backlog of the listener. */
  private static final int CONNECTIONS = 90;

  /** Listens until its input ends; prints its port first, and the sessions for each byte. */
  static final class ServerMain {
    private ServerMain() {}

    public static void main(String[] args) throws IOException {
      if (Boolean.parseBoolean(args[0])) {
        System.getLogger("io.picomux").log(System.Logger.Level.WARNING, "the log works");
      }
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      try (PicoMuxServer server = PicoMuxServer.listen(address, ServerMain::echo)) {
        System.out.println(((InetSocketAddress) server.localAddress()).getPort());
        while (System.in.read() >= 0) {
          System.out.println(server.sessions().size());
        }
      }
    }

    private static void echo(PicoMux session) throws IOException {
      while (true) {
        try (MuxStream stream = session.accept()) {
          stream.inputStream().transferTo(stream.outputStream());
        }
      }
    }
  }

  /**
   * The server says so when its log can.
   *
   * @param logUsedBefore whether the process has logged something while it had descriptors; the
   *     JDK's log needs some for its first line
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theServerGoesOnWhenThereAreDescriptorsAgain(boolean logUsedBefore) throws Exception {
    Process process = start(logUsedBefore);
    try (BufferedReader out = process.inputReader();
        BufferedReader log = process.errorReader()) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(out.readLine()));
      assertEcho(address);
      List<Socket> sockets = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        Socket socket = new Socket();
        socket.connect(address);
        sockets.add(socket);
      }
      until(() -> descriptors(process) == DESCRIPTORS);
      if (logUsedBefore) {
        String line;
        do {
          line = log.readLine();
          assertThat(line).as("what the server logs").isNotNull();
        } while (!line.contains("ulimit -n"));
      }
      for (Socket socket : sockets) {
        socket.close();
      }
      until(() -> sessions(process, out) == 0);
      assertEcho(address);
      process.getOutputStream().close();
      assertThat(process.waitFor()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Process start(boolean logUsedBefore) throws IOException {
    return new ProcessBuilder(
            "bash",
            "-c",
            "ulimit -n " + DESCRIPTORS + " && exec \"$0\" \"$@\"",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            ServerMain.class.getName(),
            String.valueOf(logUsedBefore))
        .start();
  }

  private static void assertEcho(InetSocketAddress address) throws IOException {
    try (PicoMux mux = PicoMux.connect(address);
        MuxStream stream = mux.open(new byte[0])) {
      stream.write(new byte[] {1, 2, 3}, 0, 3);
      stream.shutdownOutput();
      assertThat(stream.inputStream().readAllBytes()).containsExactly(1, 2, 3);
    }
  }

  private static long descriptors(Process process) throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      return entries.count();
    }
  }

  private static int sessions(Process process, BufferedReader out) throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
    return Integer.parseInt(out.readLine());
  }
}
