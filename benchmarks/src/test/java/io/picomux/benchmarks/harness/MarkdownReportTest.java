package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MarkdownReportTest {
  @TempDir private Path folder;

  private static Measurement run(String peer, double opens) {
    JsonObject json = new JsonObject();
    json.addProperty("peer", peer + " 1.2.3");
    json.addProperty("opens_per_s", opens);
    return new Measurement("open-8", peer, 1, json);
  }

  @Test
  void hasMachineVersionsTargetsTablesAndCharts() throws IOException {
    Workload workload = Workload.parse("open-8", false, OptionalLong.empty());
    List<PeerCommand> peers =
        List.of(
            new PeerCommand("mine", List.of("x"), 60, Role.OURS, Set.of(), null, null),
            new PeerCommand("raw", List.of("x"), 60, Role.RAW, Set.of(), null, null));
    List<Measurement> runs = List.of(run("mine", 300), run("raw", 100));
    Target target =
        new Target("opens", "open-8", "opens_per_s", "mine", "raw", Target.Bound.AT_LEAST, 2);
    JsonObject machine = new JsonObject();
    machine.addProperty("cpus", 2);
    Path file = folder.resolve("docs/page.md");
    new MarkdownReport(file)
        .write(
            machine,
            List.of("--rounds", "1"),
            List.of("--peers raw"),
            runs,
            List.of(target.judge(new Comparison(runs), List.of())),
            new Report(List.of(workload), peers, runs, ScenarioKind::figures));
    assertThat(file)
        .content()
        .contains(
            "`benchmarks/run --rounds 1`",
            "- `benchmarks/run --peers raw`",
            "- cpus: 2",
            "- mine 1.2.3",
            "- raw 1.2.3")
        .contains("| opens | mine | at least 2.0 × raw | 3.00 | reached |")
        .contains("| peer | runs | median | min | max | ratio to raw |\n|---|---|---|---|---|---|")
        .contains("| mine | 1/1 | 300 | 300 | 300 | 3.00 |")
        .contains("![open-8 opens_per_s (higher is better)](page/open-8.svg)");
    assertThat(folder.resolve("docs/page/open-8.svg"))
        .content()
        .startsWith("<svg")
        .contains("mine", "raw", "open-8");
  }

  @Test
  void argumentsThatSayWhereThingsAreStayOut() {
    assertThat(
            HarnessProgram.askedFor(
                List.of("--results", "/home/me/x", "--short", "--targets", "/t", "--rounds", "9")))
        .containsExactly("--short", "--rounds", "9");
  }
}
