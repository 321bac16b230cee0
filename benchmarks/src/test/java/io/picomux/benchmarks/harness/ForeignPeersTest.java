package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every scenario with every peer in another language, small: that it works, not how fast. Skipped
 * where the tool chain of a language is missing, unless {@code CI=true}: build-peers decides which.
 */
final class ForeignPeersTest {
  private static final Path BUILD_PEERS = Path.of("build-peers").toAbsolutePath();
  private static final Path PROGRAMS = Path.of("target/peers/quick").toAbsolutePath();
  private static final int NO_TOOL_CHAIN = 3;
  private static final Map<String, Integer> BUILD_CODES = new HashMap<>();

  private final Measurer measurer = new Measurer(60, Path.of("jcmd"), Place.LOOPBACK);

  private static List<PeerCommand> peers() {
    PeerRegistry registry = PeerRegistry.ofThisModule(Path.of("java"), "none.jar");
    registry.addForeign(PROGRAMS);
    return registry.select(List.of()).stream().filter(peer -> peer.language() != null).toList();
  }

  @BeforeAll
  static void build() throws IOException, InterruptedException {
    for (String language : List.of("go", "rust")) {
      Process build =
          new ProcessBuilder(BUILD_PEERS.toString(), "--quick", language)
              .redirectErrorStream(true)
              .start();
      try (BufferedReader said = build.inputReader()) {
        said.lines().forEach(System.out::println);
      }
      BUILD_CODES.put(language, build.waitFor());
    }
  }

  static Stream<Arguments> turns() {
    List<Arguments> turns = new ArrayList<>();
    for (PeerCommand peer : peers()) {
      for (String label : List.of("up-3", "down-3", "pingpong", "rr-5", "loaded-2", "open-3")) {
        boolean isBulk = label.startsWith("up") || label.startsWith("down");
        OptionalLong amount = OptionalLong.of(isBulk ? 400_001 : 52);
        turns.add(Arguments.of(peer.name(), peer, Workload.parse(label, true, amount)));
      }
      turns.add(
          Arguments.of(peer.name(), peer, Workload.parse("idle-60", true, OptionalLong.empty())));
    }
    return turns.stream();
  }

  @ParameterizedTest(name = "{0} {2}")
  @MethodSource("turns")
  void hasTheFiguresOfTheScenario(String name, PeerCommand peer, Workload workload)
      throws InterruptedException {
    Integer code = BUILD_CODES.get(peer.language());
    assumeThat(code)
        .as("the tool chain of %s is missing", peer.language())
        .isNotEqualTo(NO_TOOL_CHAIN);
    assertThat(code).as("exit code of build-peers " + peer.language()).isZero();
    Measurement run = measurer.measure(workload, peer, 1);
    assertThat(run.isFailed()).as(run.toLine()).isFalse();
    for (Figure figure : workload.scenario().figures()) {
      if (figure.name().startsWith("alloc")) {
        // What a JVM allocates; these are none.
        continue;
      }
      boolean mayBeNothing =
          workload.isMemory() || figure.name().startsWith("cpu") || figure.name().equals("MBps");
      assertThat(run.figure(figure.name())).as(figure.name() + " of " + run.toLine()).isPresent();
      if (!mayBeNothing) {
        assertThat(run.figure(figure.name()).getAsDouble()).as(figure.name()).isPositive();
      }
    }
    assertThat(run.json().get("peer").getAsString()).startsWith(name + " ");
    assertThat(run.json().get("scenario").getAsString()).isEqualTo(workload.scenario().word());
    assertThat(JsonParser.parseString(run.toLine()).isJsonObject()).isTrue();
  }
}
