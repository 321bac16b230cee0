package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TargetTest {
  private static final Comparison COMPARISON =
      new Comparison(
          List.of(
              run("up-1", "picomux", 1, "MBps", 190),
              run("up-1", "raw", 1, "MBps", 200),
              run("up-1", "picomux", 2, "MBps", 95),
              run("up-1", "raw", 2, "MBps", 100),
              run("up-1", "slow", 1, "MBps", 1),
              run("up-1", "fast", 1, "MBps", 380),
              run("up-9", "picomux", 1, "MBps", 95)));

  @TempDir private Path folder;

  private static Measurement run(
      String workload, String peer, int round, String figure, double value) {
    JsonObject json = new JsonObject();
    json.addProperty(figure, value);
    return new Measurement(workload, peer, round, json);
  }

  private Target.Outcome judge(String line) throws IOException {
    Path file = Files.writeString(folder.resolve("targets.csv"), "columns\n" + line + "\n");
    return Target.read(file).getFirst().judge(COMPARISON, List.of("slow", "fast"));
  }

  @Test
  void aRatioIsHeldAgainstItsBound() throws IOException {
    Target.Outcome outcome = judge("up,up-1,MBps,picomux,raw,at least,0.95");
    assertThat(outcome.verdict()).isEqualTo(Target.Verdict.REACHED);
    assertThat(outcome.measured()).isEqualTo("0.95 [0.95, 0.95]");
    assertThat(judge("up,up-1,MBps,picomux,raw,at least,0.96").verdict())
        .isEqualTo(Target.Verdict.NOT_REACHED);
    assertThat(judge("up,up-1,MBps,picomux,raw,at most,0.94").verdict())
        .isEqualTo(Target.Verdict.NOT_REACHED);
  }

  @Test
  void theBestOtherIsTheBestRival() throws IOException {
    Target.Outcome outcome = judge("up,up-1,MBps,picomux,best other,at least,0.5");
    assertThat(outcome.verdict()).isEqualTo(Target.Verdict.REACHED);
    assertThat(outcome.measured()).isEqualTo("0.50 fast");
  }

  @Test
  void aMedianAndAnotherWorkloadAreComparedToo() throws IOException {
    Target.Outcome median = judge("up,up-1,MBps,picomux,,at most,142.5");
    assertThat(median.verdict()).isEqualTo(Target.Verdict.REACHED);
    assertThat(median.measured()).isEqualTo("143 (95.0 to 190)");
    Target.Outcome workload = judge("up,up-1,MBps,picomux,workload up-9,at least,2.1");
    assertThat(workload.verdict()).isEqualTo(Target.Verdict.NOT_REACHED);
    assertThat(workload.measured()).isEqualTo("2.00");
  }

  @Test
  void whatWasNotMeasuredIsNeitherReachedNorMissed() throws IOException {
    assertThat(judge("up,down-1,MBps,picomux,raw,at least,1").verdict())
        .isEqualTo(Target.Verdict.NOT_MEASURED);
    assertThat(judge("up,down-1,MBps,picomux,,at least,1").measured()).isEqualTo("-");
  }

  @Test
  void aWrongLineIsShown() {
    assertThatThrownBy(() -> judge("up,up-1"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("'up,up-1'");
    assertThatThrownBy(() -> judge("up,up-1,MBps,picomux,raw,about,1"))
        .hasMessageContaining("bound is 'about'");
    assertThatThrownBy(() -> judge("up,up-1,MBps,picomux,raw,at least,x"))
        .isInstanceOf(IOException.class);
  }

  /** The committed file names only workloads, figures and peers that there are. */
  @Test
  void theTargetsOfTheProjectCanBeMeasured() throws IOException {
    PeerRegistry registry = PeerRegistry.ofThisModule(Path.of("java"), "some.jar");
    registry.addForeign(Path.of("built"));
    List<Target> targets = Target.read(Path.of("targets.csv"));
    assertThat(targets).hasSizeGreaterThan(20);
    for (Target target : targets) {
      Workload workload = Workload.parse(target.workload(), false, OptionalLong.empty());
      assertThat(registry.select(List.of(target.peer()))).hasSize(1);
      if (!target.figure().startsWith("heap")) {
        assertThat(workload.scenario().figures())
            .extracting(Figure::name)
            .contains(target.figure());
      }
      boolean isPeer =
          !target.reference().isEmpty()
              && !target.reference().equals("best other")
              && !target.reference().startsWith("workload ");
      if (isPeer) {
        assertThat(registry.select(List.of(target.reference()))).hasSize(1);
      }
    }
  }
}
