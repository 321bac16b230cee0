package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoredRatiosTest {
  private static final Workload UP = Workload.parse("up-1", false, OptionalLong.empty());
  private static final List<PeerCommand> PEERS =
      List.of(
          new PeerCommand("mine", List.of("x"), 60, Role.OURS, Set.of(), null, null),
          new PeerCommand("raw", List.of("x"), 60, Role.RAW, Set.of(), null, null));

  @TempDir private Path folder;

  /** The ratio varies by 1 % around a middle. */
  private static StoredRatios ratios(double megabytesRatio, double cpuRatio) {
    List<Measurement> runs = new ArrayList<>();
    for (int round = 1; round <= 3; round++) {
      double wobble = 1 + 0.01 * (round - 2);
      runs.add(run("mine", round, 100 * megabytesRatio * wobble, cpuRatio * wobble));
      runs.add(run("raw", round, 100, 1));
    }
    return StoredRatios.of(List.of(UP), PEERS, new Comparison(runs));
  }

  private static Measurement run(String peer, int round, double megabytes, double cpu) {
    JsonObject json = new JsonObject();
    json.addProperty("MBps", megabytes);
    json.addProperty("cpu_s_per_GB", cpu);
    return new Measurement("up-1", peer, round, json);
  }

  private StoredRatios stored(double megabytesRatio, double cpuRatio) throws IOException {
    Path file = folder.resolve("new/ratios.json");
    ratios(megabytesRatio, cpuRatio).write(file);
    return StoredRatios.read(file);
  }

  @Test
  void whatChangedBeyondTheIntervalsIsNamedWithItsDirection() throws IOException {
    List<String> changes = stored(0.9, 0.9).changes(ratios(0.5, 0.5));
    assertThat(changes).hasSize(2);
    assertThat(changes.getFirst())
        .startsWith("worse: up-1 MBps, mine to raw: 0.50 [")
        .contains("was 0.90 [");
    assertThat(changes.getLast()).startsWith("better: up-1 cpu_s_per_GB, mine to raw: 0.50 [");
  }

  @Test
  void intervalsThatTouchShowNoChange() throws IOException {
    assertThat(stored(0.9, 1).changes(ratios(0.91, 1.01)))
        .containsExactly("no change beyond the intervals in 2 ratios");
  }

  @Test
  void whatIsNotStoredIsNotCompared() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty.json"), "[]");
    assertThat(StoredRatios.read(empty).changes(ratios(1, 1)))
        .containsExactly("nothing of this is stored");
  }

  @Test
  void aFileOfSomethingElseIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("else.json"), "{\"a\": 1}");
    assertThatThrownBy(() -> StoredRatios.read(file)).hasMessageContaining("else.json");
  }
}
