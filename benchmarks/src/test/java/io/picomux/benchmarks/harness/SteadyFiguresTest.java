package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SteadyFiguresTest {
  private static final CpuTimes CPU = new CpuTimes(Duration.ofMillis(500), Duration.ofMillis(250));

  @Test
  void theRateIsOfMeasuredPartsAndProcessorTimeOfWholeTurns() throws IOException {
    SteadyFigures figures = new SteadyFigures();
    figures.add(500_000_000, 300_000_000, 300_000_000);
    figures.add(500_000_000, 100_000_000, 100_000_000);
    figures.add(500_000_000, 50_000_000, 100_000_000);
    JsonObject json = figures.describe(CPU);
    assertThat(json.get("MBps").getAsDouble()).isEqualTo(900);
    assertThat(json.get("min_MBps").getAsDouble()).isEqualTo(500);
    assertThat(json.get("max_MBps").getAsDouble()).isEqualTo(1000);
    assertThat(json.get("cpu_s_per_GB").getAsDouble()).isEqualTo(0.5);
    assertThat(json.get("server_cpu_s").getAsDouble()).isEqualTo(0.25);
    assertThat(json.get("turns").getAsInt()).isEqualTo(3);
  }

  @Test
  void whoMovesNothingHasNoFigures() {
    SteadyFigures figures = new SteadyFigures();
    figures.add(0, 0, 300_000_000);
    assertThatThrownBy(() -> figures.describe(CPU)).hasMessage("nothing was moved in 1 turns");
  }

  @Test
  void aRoundTakesAllWarmUpsAndTurns() {
    SteadyPlan plan =
        new SteadyPlan(
            Duration.ofSeconds(6),
            Duration.ofSeconds(1),
            Duration.ofMillis(100),
            Duration.ofMillis(400),
            10);
    PeerCommand other = PeerCommand.parse("other=program");
    PeerCommand jvm =
        PeerRegistry.ofThisModule(Path.of("java"), "some.jar").select(List.of("raw")).getFirst();
    assertThat(plan.round(List.of(other, jvm))).isEqualTo(Duration.ofSeconds(5 + 1 + 5 + 6));
    assertThat(plan.warmup(other.servedBy("pair", jvm))).isEqualTo(Duration.ofSeconds(6));
  }
}
