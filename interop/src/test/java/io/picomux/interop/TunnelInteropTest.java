package io.picomux.interop;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.picomux.PicoMux;
import io.picomux.tunnel.SocksProxy;
import io.picomux.tunnel.TunnelClient;
import io.picomux.tunnel.exit.AllowRule;
import io.picomux.tunnel.exit.Exit;
import io.picomux.tunnel.exit.ExitPolicy;
import io.picomux.tunnel.exit.ExitServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;

/** Geph's convention for proxies, with a peer built on the crate at one end of the tunnel. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class TunnelInteropTest {

  private static final int BYTES = 20_000_000;

  private static final byte[] NO_INPUT = {};

  private static final Duration PING_LIMIT = Duration.ofSeconds(30);

  /** Looks at a session, each after a round trip, before it counts as quiet. */
  private static final int QUIET_LOOKS = 20;

  /** Seed of what the Rust client sends. */
  private static final long RUST_UPLOAD_SEED = 1;

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @InteropTest(value = Case.EXIT, opens = Side.JAVA, connects = Side.JAVA)
  void curlGoesThroughOurProxyAndAForeignExit(Combination combination) throws IOException {
    try (HttpDestination destination = new HttpDestination(bodyBytes -> {});
        PeerProcess exit = RustPeers.start(combination.version(), "exit", "--supervised")) {
      exit.awaitPort();
      InetSocketAddress exitAddress =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), exit.port());
      try (TunnelClient tunnel = TunnelClient.builder(() -> PicoMux.connect(exitAddress)).start();
          SocksProxy proxy = SocksProxy.listen(ANY_PORT, tunnel)) {
        String url = "http://" + destination.authority() + "/";
        assertThat(curl(proxy, NO_INPUT, url + BYTES)).isEqualTo(Receipt.ofSeed(BYTES, BYTES));
        byte[] upload = SeededBytes.of(2, BYTES);
        assertThat(curl(proxy, upload, "--upload-file", "-", url))
            .isEqualTo(receiptOf(HttpDestination.answerTo(Receipt.ofSeed(2, BYTES))));
      }
    }
  }

  @InteropTest(value = Case.CLIENT, opens = Side.RUST, connects = Side.RUST)
  void foreignClientGoesThroughOurExit(Combination combination) throws IOException {
    AtomicReference<ExitServer> started = new AtomicReference<>();
    boolean settle = combination.version().losesBytesBeforeFin();
    try (HttpDestination destination =
            new HttpDestination(bodyBytes -> {
              if (settle) {
                awaitSent(started.get(), bodyBytes);
              }
            });
        ExitServer exit =
            ExitServer.listen(
                ANY_PORT,
                Exit.builder()
                    .policy(
                        ExitPolicy.publicInternet()
                            .allowing(List.of(AllowRule.parse(destination.authority()))))
                    .build())) {
      started.set(exit);
      assertThat(get(combination, exit, destination, "--path", "/" + BYTES))
          .isEqualTo(Receipt.ofSeed(BYTES, BYTES));
      Receipt sent = Receipt.ofSeed(RUST_UPLOAD_SEED, BYTES);
      assertThat(get(combination, exit, destination, "--upload", Integer.toString(BYTES)))
          .isEqualTo(receiptOf(HttpDestination.answerTo(sent)));
    }
  }

  /** Waits until the exit has sent what is on its way to its client, and the client has seen it. */
  private static void awaitSent(ExitServer exit, long bodyBytes) throws IOException {
    PicoMux session = exit.sessions().iterator().next();
    long before = -1;
    int quietLooks = 0;
    while (quietLooks < QUIET_LOOKS) {
      long sent = session.stats().core().dataBytesSent();
      quietLooks = sent >= bodyBytes && sent == before ? quietLooks + 1 : 0;
      before = sent;
      session.ping(PING_LIMIT);
    }
  }

  /** Makes a request with the Rust client; answers the receipt of the body that it got. */
  private static Receipt get(
      Combination combination, ExitServer exit, HttpDestination destination, String... request)
      throws IOException {
    int port = ((InetSocketAddress) exit.localAddress()).getPort();
    List<String> arguments =
        new ArrayList<>(
            List.of("get", "--to", "127.0.0.1:" + port, "--dest", destination.authority()));
    arguments.addAll(List.of(request));
    try (PeerProcess client =
        RustPeers.start(combination.version(), arguments.toArray(String[]::new))) {
      String line = client.nextLine();
      JsonObject answer = JsonParser.parseString(line).getAsJsonObject();
      assertThat(answer.get("ok").getAsBoolean()).as(line).isTrue();
      assertThat(answer.get("status").getAsInt()).as(line).isEqualTo(200);
      assertThat(client.awaitExit()).isZero();
      return new Receipt(answer.get("bytes").getAsLong(), answer.get("sha256").getAsString());
    }
  }

  /** Runs curl through a proxy; answers the receipt of what it wrote to its output. */
  private static Receipt curl(SocksProxy proxy, byte[] input, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "curl",
                "--silent",
                "--show-error",
                "--fail",
                "--socks5-hostname",
                "127.0.0.1:" + proxy.localAddress().getPort()));
    command.addAll(List.of(arguments));
    Process curl =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      Background<Boolean> writing =
          Background.start(() -> {
            try (OutputStream toCurl = curl.getOutputStream()) {
              toCurl.write(input);
            }
            return true;
          });
      Receipt output = Receipt.ofInput(curl.getInputStream(), Long.MAX_VALUE);
      assertThat(writing.result()).isTrue();
      assertThat(curl.waitFor()).as("exit code of curl").isZero();
      return output;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while curl ran", e);
    } finally {
      curl.destroy();
    }
  }

  private static Receipt receiptOf(String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    Receipt.Meter meter = new Receipt.Meter();
    meter.add(bytes, 0, bytes.length);
    return meter.receipt();
  }
}
