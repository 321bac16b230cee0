package io.picomux.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The commands as processes of their own, working together. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class CommandsTest {

  private static final int INTERRUPTED = 130;

  @Test
  void serveAndSocksCarryAConnectionAndCloseOnCtrlC() throws Exception {
    try (ServerSocket destination = new ServerSocket(0, 1, loopback());
        RunningProgram serve =
            RunningProgram.picomux(
                "serve",
                "-v",
                "--listen",
                "127.0.0.1:0",
                "--allow",
                "127.0.0.1:" + destination.getLocalPort())) {
      String exit = serve.awaitLine("exit listens at (127.0.0.1:\\d+)").group(1);
      try (RunningProgram socks =
          RunningProgram.picomux("socks", "--listen", "127.0.0.1:0", "--via", exit)) {
        int proxyPort =
            Integer.parseInt(
                socks.awaitLine("SOCKS5 proxy listens at 127.0.0.1:(\\d+), exit " + exit).group(1));
        Proxy proxy = new Proxy(Proxy.Type.SOCKS, new InetSocketAddress(loopback(), proxyPort));
        try (Socket client = new Socket(proxy)) {
          client.connect(new InetSocketAddress(loopback(), destination.getLocalPort()));
          assertThat(saidToOneClient(destination, client)).isEqualTo("to the client");
        }
        serve.awaitLine("connected to 127.0.0.1:" + destination.getLocalPort());
        socks.interrupt();
        assertThat(socks.awaitExit()).as(socks.output()).isEqualTo(INTERRUPTED);
        serve.awaitLine("session \\d+: the peer has closed the session");
      }
      serve.interrupt();
      assertThat(serve.awaitExit()).as(serve.output()).isEqualTo(INTERRUPTED);
    }
  }

  @Test
  void forwardLeadsToItsOneDestination() throws Exception {
    try (ServerSocket destination = new ServerSocket(0, 1, loopback());
        RunningProgram serve =
            RunningProgram.picomux(
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--allow",
                "127.0.0.1:" + destination.getLocalPort())) {
      String exit = serve.awaitLine("exit listens at (127.0.0.1:\\d+)").group(1);
      try (RunningProgram forward =
          RunningProgram.picomux(
              "forward",
              "--listen",
              "127.0.0.1:0",
              "--to",
              "127.0.0.1:" + destination.getLocalPort(),
              "--via",
              exit)) {
        int port = Integer.parseInt(forward.awaitLine("forwarding 127.0.0.1:(\\d+) to ").group(1));
        try (Socket client = new Socket(loopback(), port)) {
          assertThat(saidToOneClient(destination, client)).isEqualTo("to the client");
        }
      }
    }
  }

  @Test
  void refusalsAreToldWithTheirReason() throws Exception {
    try (RunningProgram serve = RunningProgram.picomux("serve", "-v", "--listen", "127.0.0.1:0")) {
      String exit = serve.awaitLine("exit listens at (127.0.0.1:\\d+)").group(1);
      try (RunningProgram forward =
          RunningProgram.picomux(
              "forward", "--listen", "127.0.0.1:0", "--to", "169.254.169.254:80", "--via", exit)) {
        int port = Integer.parseInt(forward.awaitLine("forwarding 127.0.0.1:(\\d+) to ").group(1));
        try (Socket client = new Socket(loopback(), port)) {
          assertThatExceptionOfType(SocketException.class)
              .isThrownBy(() -> client.getInputStream().read())
              .withMessageContaining("reset");
        }
        serve.awaitLine(
            "refused, denied address: 169.254.169.254:80 is denied: 169.254.169.254 is in"
                + " 169.254.0.0/16");
      }
    }
  }

  @Test
  void pingCountsAndSumsUp() throws Exception {
    try (RunningProgram serve = RunningProgram.picomux("serve", "--listen", "127.0.0.1:0")) {
      String exit = serve.awaitLine("exit listens at (127.0.0.1:\\d+)").group(1);
      try (RunningProgram ping =
          RunningProgram.picomux("ping", "-c", "5", "-i", "0", "--frames", "--via", exit)) {
        assertThat(ping.awaitExit()).as(ping.output()).isZero();
        for (int sequence = 1; sequence <= 5; sequence++) {
          assertThat(ping.output())
              .containsPattern("answer from " + exit + ": seq=" + sequence + " time=[0-9.]+ ms");
        }
        assertThat(ping.output())
            .contains("--- " + exit + " ping statistics ---")
            .containsPattern("5 pings, 5 answers, 0% lost, time \\d+ ms")
            .containsPattern("rtt min/avg/max/p99 = [0-9.]+/[0-9.]+/[0-9.]+/[0-9.]+ ms")
            .containsPattern("(?m)^>> 0x00000000 +\\d+ PING$")
            .containsPattern("(?m)^<< 0x00000000 +0 PONG$");
      }
    }
  }

  @Test
  void pingEndsWithItsSumsOnCtrlC() throws Exception {
    try (RunningProgram serve = RunningProgram.picomux("serve", "--listen", "127.0.0.1:0")) {
      String exit = serve.awaitLine("exit listens at (127.0.0.1:\\d+)").group(1);
      try (RunningProgram ping = RunningProgram.picomux("ping", "-i", "0.05", "--via", exit)) {
        ping.awaitLine("seq=3 ");
        ping.interrupt();
        assertThat(ping.awaitExit()).as(ping.output()).isEqualTo(INTERRUPTED);
        assertThat(ping.output()).containsPattern("\\d+ pings, \\d+ answers, 0% lost");
      }
    }
  }

  @Test
  void pingTellsThatTheSessionIsOver() throws Exception {
    try (RunningProgram serve = RunningProgram.picomux("serve", "--listen", "127.0.0.1:0")) {
      String exit = serve.awaitLine("exit listens at (127.0.0.1:\\d+)").group(1);
      try (RunningProgram ping = RunningProgram.picomux("ping", "-i", "3600", "--via", exit)) {
        ping.awaitLine("seq=1 ");
        serve.end();
        assertThat(ping.awaitExit()).as(ping.output()).isEqualTo(1);
        assertThat(ping.output()).contains("the session is over: ", "2 pings, 1 answers, 50% lost");
      }
    }
  }

  @Test
  void socksTellsOfTheExitComingAndGoing() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, loopback())) {
      closed = socket.getLocalPort();
    }
    String exit = "127.0.0.1:" + closed;
    try (RunningProgram socks =
        RunningProgram.picomux("socks", "--listen", "127.0.0.1:0", "--via", exit)) {
      socks.awaitLine("cannot reach the exit " + exit + ": Connection refused; next try in ");
      try (RunningProgram serve = RunningProgram.picomux("serve", "--listen", exit)) {
        serve.awaitLine("exit listens at " + exit);
        socks.awaitLine("connected to the exit " + exit);
      }
      socks.awaitLine("lost the exit " + exit + ": ");
    }
  }

  @Test
  void demoStaysUntilCtrlC() throws Exception {
    try (RunningDemo demo = RunningDemo.start()) {
      demo.program.awaitLine("^streams 0 live, 23 in all \\| up .* \\| latency [0-9.]+ ms");
      demo.program.interrupt();
      assertThat(demo.program.awaitExit()).as(demo.program.output()).isEqualTo(INTERRUPTED);
      assertThat(demo.program.output()).endsWith("Closing after 23 streams.");
    }
  }

  @Test
  void demoOnceTellsWhatItDidAndEnds() throws Exception {
    try (RunningProgram demo = RunningProgram.picomux("demo", "--once")) {
      assertThat(demo.awaitExit()).as(demo.output()).isZero();
      assertThat(demo.output())
          .containsPattern("page +ok ")
          .containsPattern("download +ok +20\\.0 MB .* SHA-256 as announced")
          .containsPattern("upload +ok +5\\.0 MB .* SHA-256 as sent")
          .containsPattern("parallel +ok +20 streams at once")
          .contains("It works: 23 streams of one session, 5.0 MB up, 25.0 MB down")
          .doesNotContain("WARNING", "ERROR", "Exception");
    }
  }

  /** Lets the two ends greet each other; returns what the client heard. */
  private static String saidToOneClient(ServerSocket destination, Socket client) throws Exception {
    CompletableFuture<String> heard = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try (Socket server = destination.accept()) {
            heard.complete(new String(server.getInputStream().readAllBytes(), US_ASCII));
            server.getOutputStream().write("to the client".getBytes(US_ASCII));
          } catch (Exception e) {
            heard.completeExceptionally(e);
          }
        });
    client.getOutputStream().write("to the server".getBytes(US_ASCII));
    client.shutdownOutput();
    String answer = new String(client.getInputStream().readAllBytes(), US_ASCII);
    assertThat(heard.get()).isEqualTo("to the server");
    return answer;
  }

  private static InetAddress loopback() throws Exception {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
  }
}
