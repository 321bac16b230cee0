package io.picomux.reliability.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.cli.Main;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The command is ended while connections go through it: what was finished has arrived, nobody takes
 * what was cut short for whole, and the process ends.
 */
@Timeout(150)
@EnabledOnOs(OS.LINUX)
class CommandSignalsTest {
  private static final int CHUNK_BYTES = 16 << 10;
  private static final int WHOLE_BYTES = 300_000;

  /**
   * Ends one of two processes.
   *
   * @param near the command beside the clients, {@code socks} or {@code forward}
   * @param ended which one the signal goes to, {@code near} or {@code exit}
   */
  @ParameterizedTest
  @CsvSource({
    "socks, near, TERM, 143",
    "forward, near, INT, 130",
    "socks, exit, TERM, 143",
    "forward, exit, INT, 130",
  })
  void whatWasFinishedArrivesAndWhatIsCutShortFails(
      String near, String ended, String signal, int exitCode) throws Exception {
    try (ServerSocket destination = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        ChildProcess exit =
            picomux(
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--allow",
                "127.0.0.1:" + destination.getLocalPort());
        ChildProcess local = near(near, listening(exit), destination.getLocalPort())) {
      int port = Integer.parseInt(listening(local).substring("127.0.0.1:".length()));
      // One connection that is done before the signal, in both directions.
      try (Socket client = client(near, port, destination.getLocalPort());
          Socket far = destination.accept()) {
        CompletableFuture<Integer> whole = countBytes(far.getInputStream());
        client.getOutputStream().write(new byte[WHOLE_BYTES]);
        client.shutdownOutput();
        assertThat(whole.get(60, TimeUnit.SECONDS)).isEqualTo(WHOLE_BYTES);
        far.shutdownOutput();
        assertThat(client.getInputStream().read()).isNegative();
      }
      // And two that are under way, one in each direction: of two threads at one socket, only the
      // first one is told of a reset.
      ChildProcess victim = ended.equals("near") ? local : exit;
      try (Socket sender = client(near, port, destination.getLocalPort());
          Socket receiverThere = destination.accept();
          Socket receiver = client(near, port, destination.getLocalPort());
          Socket senderThere = destination.accept()) {
        CompletableFuture<Integer> up = countBytes(receiverThere.getInputStream());
        CompletableFuture<Integer> down = countBytes(receiver.getInputStream());
        CompletableFuture<Void> sendUp = writeForEver(sender.getOutputStream());
        CompletableFuture<Void> sendDown = writeForEver(senderThere.getOutputStream());
        victim.signal(signal);
        for (CompletableFuture<?> each : List.of(up, down, sendUp, sendDown)) {
          assertThatThrownBy(() -> each.get(60, TimeUnit.SECONDS))
              .hasCauseInstanceOf(IOException.class);
        }
      }
      assertThat(victim.awaitExit()).as(victim.output()).isEqualTo(exitCode);
      assertThat(victim.output()).doesNotContain("took too long").doesNotContain("Exception");
    }
  }

  private static ChildProcess near(String command, String exit, int destinationPort)
      throws IOException {
    return command.equals("socks")
        ? picomux("socks", "--listen", "127.0.0.1:0", "--via", exit)
        : picomux(
            "forward",
            "--listen",
            "127.0.0.1:0",
            "--to",
            "127.0.0.1:" + destinationPort,
            "--via",
            exit);
  }

  private static ChildProcess picomux(String... arguments) throws IOException {
    return ChildProcess.start(ChildProcess.java(Main.class, List.of("-Xmx128m"), arguments));
  }

  private static String listening(ChildProcess command) throws InterruptedException {
    return command.awaitLine("(?:listens at |forwarding )(127\\.0\\.0\\.1:\\d+)").group(1);
  }

  private static Socket client(String near, int port, int destinationPort) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    if (near.equals("forward")) {
      return new Socket(loopback, port);
    }
    Socket socket = new Socket(new Proxy(Proxy.Type.SOCKS, new InetSocketAddress(loopback, port)));
    socket.connect(new InetSocketAddress(loopback, destinationPort));
    return socket;
  }

  private static CompletableFuture<Integer> countBytes(InputStream in) {
    CompletableFuture<Integer> count = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        count.complete((int) in.transferTo(OutputStream.nullOutputStream()));
      } catch (IOException e) {
        count.completeExceptionally(e);
      }
    });
    return count;
  }

  private static CompletableFuture<Void> writeForEver(OutputStream out) {
    CompletableFuture<Void> end = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      byte[] chunk = new byte[CHUNK_BYTES];
      try {
        while (true) {
          out.write(chunk);
        }
      } catch (IOException e) {
        end.completeExceptionally(e);
      }
    });
    return end;
  }
}
