package io.picomux.benchmarks.harness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * The program that makes long links: its own tests, and what it promises measured on real links.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class LongLinkTest {

  private static final Path BIN = Path.of(System.getProperty("java.home"), "bin");

  /** What its scripts exit with where it cannot run; they have said why. */
  private static final int CANNOT_RUN = 3;

  @Test
  @Order(1)
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void itsOwnTestsPass() throws Exception {
    run("./wan/build", "--test");
  }

  @Test
  @Order(2)
  @Timeout(60)
  void shortFormOfItsCheckFindsNothingWrong() throws Exception {
    String output = run("./wan-check", "--short");
    assertThat(output).contains("rate").contains("delay").contains("buffer").contains("loss");
  }

  @Test
  @Order(3)
  @Timeout(60)
  void peersAreMeasuredAtItsEndsAndItTakesThemAlong() throws Exception {
    run("./wan/build");
    run("target/wan/picomux-wan", "clean");
    PeerRegistry registry =
        PeerRegistry.ofThisModule(BIN.resolve("java"), System.getProperty("java.class.path"));
    PeerCommand picomux = registry.select(List.of("picomux")).getFirst();
    Workload workload = Workload.parse("loaded-1", false, OptionalLong.of(10));
    Path namespace;
    try (LongLink link =
        LongLink.start(List.of("target/wan/picomux-wan", "link", "20mbit:10mbit/20ms"))) {
      namespace = Path.of("/run/netns", link.description().get("server_namespace").getAsString());
      assertThat(namespace).exists();
      assertThat(link.bitsPerSecond(ScenarioKind.UP)).isEqualTo(20_000_000);
      assertThat(link.bitsPerSecond(ScenarioKind.DOWN)).isEqualTo(10_000_000);
      Measurer measurer = new Measurer(30, BIN.resolve("jcmd"), link.place());
      Measurement run = measurer.measure(workload, picomux, 1);
      assertThat(run.isFailed()).as(run.toLine()).isFalse();
      link.addTo(run.json(), workload.scenario());
      // Nothing is faster than the link: that the work went over it is no matter of timing.
      assertThat(run.figure("p50_us").orElseThrow()).isGreaterThan(19_000);
      assertThat(run.figure("received_MBps").orElseThrow()).isPositive();
      assertThat(run.json().getAsJsonObject("link_up").get("MBps").getAsDouble()).isPositive();
    }
    assertThat(namespace).doesNotExist();
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      int code = process.waitFor();
      if (code == CANNOT_RUN) {
        Object unused = "true".equals(System.getenv("CI")) ? fail(output) : abort(output);
      }
      assertThat(code).as("%s: %s", List.of(command), output).isZero();
      return output;
    } finally {
      process.destroy();
    }
  }
}
