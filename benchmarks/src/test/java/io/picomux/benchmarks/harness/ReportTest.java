package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ReportTest {
  private static final Workload OPEN = Workload.parse("open-8", false, OptionalLong.empty());

  private static Measurement run(String peer, int round, double opens) {
    JsonObject json = new JsonObject();
    json.addProperty("opens_per_s", opens);
    return new Measurement(OPEN.label(), peer, round, json);
  }

  private static PeerCommand peer(String name, Role role) {
    return new PeerCommand(name, List.of("x"), 60, role, Set.of(), null, null);
  }

  private static List<String> report(List<Measurement> runs) {
    return report(List.of(peer("mine", Role.OURS), peer("raw", Role.RAW)), runs);
  }

  private static List<String> report(List<PeerCommand> peers, List<Measurement> runs) {
    return new Report(List.of(OPEN), peers, runs, ScenarioKind::figures).lines();
  }

  @Test
  void theBestRivalOfAWorkloadIsTheOneWithTheBestMedian() {
    List<PeerCommand> peers =
        List.of(peer("mine", Role.OURS), peer("slow", Role.RIVAL), peer("fast", Role.RIVAL));
    List<Measurement> runs =
        List.of(
            run("mine", 1, 300),
            run("slow", 1, 50),
            run("fast", 1, 200),
            run("mine", 2, 30),
            run("slow", 2, 50),
            run("fast", 2, 20));
    assertThat(report(peers, runs).stream().map(line -> line.replaceAll(" +", " ")))
        .contains(
            "peer runs median min max to the best other multiplexer",
            "mine 2/2 165 30.0 300 1.50 [1.50, 1.50] fast",
            "fast 2/2 110 20.0 200 -")
        .anyMatch(line -> line.startsWith("slow 2/2 50.0") && line.endsWith(" fast"));
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
