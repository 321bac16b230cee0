package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class ReportTest {
  private static final Workload OPEN = Workload.parse("open-8", false, OptionalLong.empty());

  private static Measurement run(String peer, int round, double opens) {
    JsonObject json = new JsonObject();
    json.addProperty("opens_per_s", opens);
    return new Measurement(OPEN.label(), peer, round, json);
  }

  private static List<String> report(List<Measurement> runs) {
    return new Report(List.of(OPEN), List.of("mine", "raw"), List.of("raw", "raw-platform"), runs)
        .lines();
  }

  @Test
  void eachPeerHasALineWithItsRatio() {
    List<Measurement> runs =
        List.of(run("mine", 1, 300), run("raw", 1, 100), run("raw", 2, 10), run("mine", 2, 30));
    assertThat(report(runs))
        .containsExactly(
            "",
            "open-8 opens_per_s (higher is better)",
            "peer  runs  median   min  max       ratio to raw",
            "mine   2/2     165  30.0  300  3.00 [3.00, 3.00]",
            "raw    2/2    55.0  10.0  100                  -");
  }

  @Test
  void roundsWithAFailureAreNotCompared() {
    PeerCommand mine = PeerCommand.parse("mine=x");
    List<Measurement> runs = new ArrayList<>();
    runs.add(Measurement.failed(OPEN, mine, 1, "it fell over"));
    runs.addAll(List.of(run("raw", 1, 1), run("raw", 2, 100), run("mine", 2, 50)));
    assertThat(report(runs)).contains("mine   1/2    50.0  50.0  50.0          0.50");
  }

  @Test
  void peersWithoutRunsHaveAnEmptyLine() {
    assertThat(report(List.of(run("raw", 1, 2))))
        .contains("mine   0/0       -     -     -             -");
  }

  @Test
  void everyPeerBeginsARound() {
    assertThat(List.of(Turns.ofRound(List.of(1, 2, 3), 1), Turns.ofRound(List.of(1, 2, 3), 2)))
        .containsExactly(List.of(1, 2, 3), List.of(2, 3, 1));
  }
}
