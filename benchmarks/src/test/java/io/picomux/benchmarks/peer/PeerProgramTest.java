package io.picomux.benchmarks.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.picomux.benchmarks.link.Listener;
import io.picomux.benchmarks.link.PeerKind;
import io.picomux.benchmarks.link.ReceivedBytes;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scenario with every kind of peer, small: that it works, not how fast. */
@Timeout(60)
final class PeerProgramTest {
  private static final List<String> MEASURED = List.of("seconds", "cpu_s", "from_epoch_ms");

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final CountDownLatch limitReached = new CountDownLatch(1);

  /** Scenario, its options, and the figures it must have. */
  static Stream<Arguments> scenarios() {
    return Stream.of(PeerKind.values())
        .flatMap(kind ->
            Stream.of(
                Arguments.of(kind, "up --streams 3 --bytes 400001 --warmup 70000", "MBps"),
                Arguments.of(kind, "down --streams 3 --bytes 400001 --warmup 70000", "MBps"),
                Arguments.of(kind, "pingpong --count 20 --size 64", "p50_us p99_us rps"),
                Arguments.of(kind, "rr --streams 5 --count 52 --size 64", "p50_us p99_us rps"),
                Arguments.of(kind, "loaded --streams 2 --count 10", "p50_us p99_us"),
                Arguments.of(kind, "loaded-down --streams 2 --count 10", "p50_us p99_us"),
                Arguments.of(kind, "open --concurrency 3 --count 20 --warmup 4", "opens_per_s")));
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void printsOneLineWithTheFigures(PeerKind kind, String scenario, String figures)
      throws Exception {
    JsonObject json;
    try (Listener server = Links.listen(kind, ANY_PORT, false)) {
      json = client(kind, server.port(), scenario, "");
    }
    for (String figure : words(figures)) {
      assertThat(json.get(figure).getAsDouble()).as(figure).isPositive();
    }
    assertThat(json.keySet()).containsAll(MEASURED);
    assertThat(json.get("scenario").getAsString()).isEqualTo(words(scenario).getFirst());
    assertThat(json.get("peer").getAsString()).startsWith(kind + " ");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void idleStreamsStayOpenUntilALineComes(PeerKind kind) throws Exception {
    try (Listener server = Links.listen(kind, ANY_PORT, kind.isPicomux())) {
      JsonObject json = client(kind, server.port(), "idle --streams 100", "\n");
      assertThat(json.get("rss_kb").getAsLong()).isPositive();
      assertThat(json.get("streams").getAsInt()).isEqualTo(100);
      assertThat(json.has("heap_bytes_per_stream")).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = PeerKind.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NETTY_H2", "PICOMUX_CALLBACKS"})
  void smallWritesTellHowFullTheirFramesAre(PeerKind kind) throws Exception {
    JsonObject json;
    try (Listener server = Links.listen(kind, ANY_PORT, false)) {
      json = client(kind, server.port(), "small --streams 2 --bytes 100050 --warmup 5000", "");
    }
    assertThat(json.get("writes_per_s").getAsDouble() * json.get("seconds").getAsDouble())
        .isCloseTo(1000.5, withinPercentage(0.1));
    assertThat(json.has("bytes_per_frame")).isEqualTo(kind.isPicomux());
    if (kind.isPicomux()) {
      assertThat(json.get("bytes_per_frame").getAsDouble()).isBetween(10.0, 8192.0);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = PeerKind.class,
      names = {"PICOMUX", "PICOMUX_TLS"})
  void idleSessionsStayOpenUntilALineComes(PeerKind kind) throws Exception {
    try (Listener server = Links.listen(kind, ANY_PORT, true)) {
      JsonObject json = client(kind, server.port(), "sessions --sessions 20", "\n");
      assertThat(json.get("sessions").getAsInt()).isEqualTo(20);
      assertThat(json.get("heap_bytes_per_session").getAsDouble()).isPositive();
      assertThat(json.has("threads_per_session")).isTrue();
    }
  }

  @Test
  void connectionsHaveNoSessions() throws Exception {
    try (Listener server = Links.listen(PeerKind.RAW, ANY_PORT, false)) {
      String port = Integer.toString(server.port());
      assertThat(run("\n", words("raw client --port " + port + " sessions").toArray(String[]::new)))
          .isEqualTo(PeerProgram.FAILED);
      assertThat(err.toString()).contains("TCP connections have no sessions");
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void loadedTellsWhatTheOthersCarriedMeanwhile(PeerKind kind) throws Exception {
    JsonObject json;
    try (Listener server = Links.listen(kind, ANY_PORT, false)) {
      json = client(kind, server.port(), "loaded --streams 2 --count 100", "");
    }
    double megabytes = json.get("bytes").getAsLong() / 1e6;
    assertThat(json.get("MBps").getAsDouble() * json.get("seconds").getAsDouble())
        .isCloseTo(megabytes, withinPercentage(1));
  }

  static PeerKind[] kinds() {
    return PeerKind.values();
  }

  private JsonObject client(PeerKind kind, int port, String scenario, String input) {
    List<String> arguments =
        new ArrayList<>(List.of(kind.toString(), "client", "--port", Integer.toString(port)));
    arguments.addAll(words(scenario));
    assertThat(run(input, arguments.toArray(String[]::new))).as(err::toString).isZero();
    assertThat(out.toString().lines()).hasSize(1);
    return JsonParser.parseString(out.toString()).getAsJsonObject();
  }

  private static List<String> words(String text) {
    return Arrays.asList(text.split(" ", -1));
  }

  private int run(String input, String... arguments) {
    return PeerProgram.run(
        arguments,
        new BufferedReader(new StringReader(input)),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        limitReached::countDown);
  }

  @Test
  void serverTellsItsPortAndEndsAtItsLimit() {
    assertThat(run("", "raw", "server", "--port", "0", "--limit-s", "0")).isZero();
    assertThat(out.toString()).matches("ready \\d+\\R");
  }

  /** A second address of loopback, which nobody else uses. */
  @ParameterizedTest
  @MethodSource("kinds")
  void theServerIsFoundAtTheHostThatIsNamed(PeerKind kind) throws Exception {
    InetSocketAddress elsewhere = new InetSocketAddress("127.0.0.2", 0);
    try (Listener server = Links.listen(kind, elsewhere, false)) {
      String port = Integer.toString(server.port());
      String arguments = "client --host 127.0.0.2 --port " + port + " pingpong --count 10";
      assertThat(run("", words(kind + " " + arguments).toArray(String[]::new)))
          .as(err::toString)
          .isZero();
      assertThat(
              run("", words(kind + " client --port " + port + " pingpong").toArray(String[]::new)))
          .as("nobody is at 127.0.0.1")
          .isEqualTo(PeerProgram.FAILED);
    }
  }

  @Test
  void aServerTellsWhatHasCome() throws Exception {
    long before = ReceivedBytes.total();
    try (Listener server = Links.listen(PeerKind.RAW, ANY_PORT, false)) {
      JsonObject unused = client(PeerKind.RAW, server.port(), "up --streams 3 --bytes 70001", "");
    }
    assertThat(ReceivedBytes.total() - before).isEqualTo(70_001);
    ReceivedLines.start(new PrintWriter(out, true));
    String line = "received \\d+ " + ReceivedBytes.total();
    Awaitility.await().until(() -> out.toString().lines().anyMatch(any -> any.matches(line)));
  }

  @Test
  void aRunThatTakesTooLongIsGivenUp() throws Exception {
    try (Listener server = Links.listen(PeerKind.RAW, ANY_PORT, false)) {
      String port = Integer.toString(server.port());
      assertThat(run("", "raw", "client", "--port", port, "--limit-s", "0", "pingpong")).isZero();
    }
    limitReached.await();
    assertThat(err.toString()).contains("peer raw: pingpong took over 0 s");
  }

  @Test
  void aServerThatIsNotThereFailsTheRun() throws Exception {
    int port;
    try (Listener gone = Links.listen(PeerKind.RAW, ANY_PORT, false)) {
      port = gone.port();
    }
    int code = run("", "picomux", "client", "--port", Integer.toString(port), "up");
    assertThat(code).isEqualTo(PeerProgram.FAILED);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("peer picomux: ");
  }

  @ParameterizedTest
  @MethodSource("wrongArguments")
  void wrongArgumentsAreNamed(String arguments, String message) {
    assertThat(run("", words(arguments).toArray(String[]::new))).isEqualTo(2);
    assertThat(err.toString()).contains(message);
  }

  static Stream<Arguments> wrongArguments() {
    return Stream.of(
        Arguments.of("nobody server --port 0", "'nobody', must be one of [picomux,"),
        Arguments.of("raw", "a command or a scenario is missing"),
        Arguments.of("raw client --port 1", "a command or a scenario is missing"),
        Arguments.of("raw server", "--port"),
        Arguments.of("raw client --port 1 sideways", "sideways"),
        Arguments.of("raw client --port 1 up --streams 0", "--streams is 0, must be 1 or more"),
        Arguments.of("raw client --port 1 up --streams 9 --bytes 8", "--bytes is 8, must be 9"),
        Arguments.of("raw server --port 0 --callbacks", "not served by callbacks"),
        Arguments.of("raw server --port 0 --host 1.2.3.4.5", "--host is '1.2.3.4.5'"));
  }
}
