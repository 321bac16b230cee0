package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Whole processes, as the harness starts them, with turns that are too short to tell anything. */
@EnabledOnOs(OS.LINUX)
final class SteadyMeasurerTest {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final Duration MOMENT = Duration.ofMillis(50);

  private final PeerRegistry registry =
      PeerRegistry.ofThisModule(JAVA, System.getProperty("java.class.path"));
  @TempDir private Path folder;

  private List<Measurement> measure(String label, List<PeerCommand> peers, boolean hasOwnLoopback)
      throws Exception {
    SteadyMeasurer measurer =
        new SteadyMeasurer(new SteadyPlan(MOMENT, MOMENT, MOMENT, MOMENT, 3), 60, hasOwnLoopback);
    List<Measurement> measurements = new ArrayList<>();
    List<Long> before = children();
    measurer.measure(
        Workload.parse(label, false, OptionalLong.empty()), peers, 2, measurements::add);
    List<Long> left = children();
    left.removeAll(before);
    assertThat(left).as("processes that are left").isEmpty();
    return measurements;
  }

  private static List<Long> children() {
    return new ArrayList<>(ProcessHandle.current().descendants().map(ProcessHandle::pid).toList());
  }

  @Test
  void measuresPeersThatAreAliveAtOnce() throws Exception {
    boolean hasOwnLoopback = OwnLoopback.isPossible();
    List<PeerCommand> peers = registry.select(List.of("picomux", "raw"));
    List<Measurement> runs = measure("steady-up-3", peers, hasOwnLoopback);
    assertThat(runs).extracting(Measurement::peer).containsExactly("picomux", "raw");
    for (Measurement run : runs) {
      assertThat(run.isFailed()).as(run.toLine()).isFalse();
      assertThat(run.workload()).isEqualTo("steady-up-3");
      assertThat(run.round()).isEqualTo(2);
      assertThat(run.json().get("own_loopback").getAsBoolean()).isEqualTo(hasOwnLoopback);
      assertThat(run.figure("turns")).hasValue(3);
      double rate = run.figure("MBps").orElseThrow();
      assertThat(rate)
          .isPositive()
          .isBetween(run.figure("min_MBps").orElseThrow(), run.figure("max_MBps").orElseThrow());
      assertThat(run.figure("cpu_s_per_GB").orElseThrow()).isPositive();
    }
  }

  @Test
  void theOthersGoOnWhenAClientEnds() throws Exception {
    PeerCommand gone = peer("gone", "[ $1 = client ] && exit 3; echo ready 1; exec sleep 600");
    PeerCommand deaf = peer("deaf", "exit 4");
    List<PeerCommand> peers = new ArrayList<>(List.of(gone, deaf));
    peers.addAll(registry.select(List.of("raw")));
    List<Measurement> runs = measure("steady-down-2", peers, /* hasOwnLoopback= */ false);
    assertThat(runs).extracting(Measurement::isFailed).containsExactly(true, true, false);
    assertThat(runs.get(0).toLine()).contains("the client ended with code 3");
    assertThat(runs.get(1).toLine()).contains("ended with code 4");
  }

  private PeerCommand peer(String name, String script) throws IOException {
    Path file = Files.writeString(folder.resolve(name), script + "\n");
    return PeerCommand.parse(name + "=sh " + file);
  }
}
