package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class MeasurerTest {
  private static final Path BIN = Path.of(System.getProperty("java.home"), "bin");

  /**
   * Whole processes, as the harness starts them: both kinds that have most in common with others.
   */
  @Test
  void measuresRealProcesses() throws Exception {
    PeerRegistry registry =
        PeerRegistry.ofThisModule(BIN.resolve("java"), System.getProperty("java.class.path"));
    Measurer measurer = new Measurer(60, BIN.resolve("jcmd"));
    Workload workload = Workload.parse("up-2", false, OptionalLong.of(1_000_000));
    for (PeerCommand peer : registry.select(List.of("picomux", "raw"))) {
      Measurement run = measurer.measure(workload, peer, 3);
      assertThat(run.isFailed()).as(run.toLine()).isFalse();
      assertThat(run.figure("MBps").orElseThrow()).isPositive();
      assertThat(run.figure("server_cpu_s").orElseThrow()).isNotNegative();
      assertThat(run.figure("bytes").orElseThrow()).isEqualTo(1_000_000);
      JsonObject line = JsonParser.parseString(run.toLine()).getAsJsonObject();
      assertThat(line.get("peer_name").getAsString()).isEqualTo(peer.name());
      assertThat(line.get("round").getAsInt()).isEqualTo(3);
    }
  }

  @Test
  void aPeerThatSaysNothingUsefulIsAFailedRun() throws Exception {
    PeerCommand version = PeerCommand.parse("nonsense=" + BIN.resolve("java") + " --version");
    Workload workload = Workload.parse("pingpong", true, OptionalLong.empty());
    Measurement run = new Measurer(60, BIN.resolve("jcmd")).measure(workload, version, 1);
    assertThat(run.isFailed()).isTrue();
    assertThat(run.toLine()).contains("instead of 'ready PORT' the server said");
  }

  @Test
  void theServersCpuIsThatOfTheClientsClock() {
    CpuTimeline server = new CpuTimeline();
    server.add(0, 0);
    server.add(1000, 1_000_000_000L);
    JsonObject json = new JsonObject();
    json.addProperty("bytes", 500_000_000);
    json.addProperty("cpu_s", 0.3);
    JsonObject exact = json.deepCopy();
    exact.addProperty("from_epoch_ms", 400);
    exact.addProperty("to_epoch_ms", 600);
    Measurer.addServerCpu(exact, server, 0, 1000);
    assertThat(exact.get("server_cpu_s").getAsDouble()).isEqualTo(0.2);
    assertThat(exact.get("cpu_s_per_GB").getAsDouble()).isEqualTo(1.0);
    Measurer.addServerCpu(json, server, 0, 1000);
    assertThat(json.get("server_cpu_s").getAsDouble()).isEqualTo(1.0);
  }

  @Test
  void wrongLinesAreShown() {
    assertThatThrownBy(() -> Measurer.port("ready"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("said: ready");
    assertThatThrownBy(() -> Measurer.port("ready soon")).hasMessageContaining("said: ready soon");
    assertThatThrownBy(() -> Measurer.parse("done!")).hasMessageContaining("said: done!");
  }
}
