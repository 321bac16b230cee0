package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class LoopbackCounterTest {
  private static final String HEAD =
      """
      Inter-|   Receive                                                |  Transmit
       face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs
      """;

  private static long bytes(String devices) throws IOException {
    return LoopbackCounter.bytes((HEAD + devices).lines().toList());
  }

  @Test
  void receivedBytesComeFirst() throws IOException {
    String devices =
        """
          eth0: 11 1 0 0 0 0 0 0 12 1 0
            lo: 5000000000 7 0 0 0 0 0 0 5000000000 7 0
         vlo:1: 13 1 0 0 0 0 0 0 14 1 0
        """;
    assertThat(bytes(devices)).isEqualTo(5_000_000_000L);
  }

  /** Old kernels put nothing between the name and a long number. */
  @Test
  void theNumberMayFollowTheNameAtOnce() throws IOException {
    assertThat(bytes("    lo:1234567890 7 0")).isEqualTo(1_234_567_890);
  }

  @Test
  void whatIsMissingIsSaid() {
    assertThatThrownBy(() -> bytes("  eth0: 11 1")).hasMessageContaining("loopback interface");
    assertThatThrownBy(() -> bytes("    lo: many")).hasMessageContaining("'lo: many'");
  }

  @Test
  void whereThereIsNoCounterSteadyWorkloadsAreRefused() {
    LoopbackCounter missing = new LoopbackCounter(Path.of("no", "such", "file"));
    Workload steady = Workload.parse("steady-up-60", false, OptionalLong.empty());
    assertThatThrownBy(() -> SteadyMeasurer.requireSystem(steady, missing))
        .hasMessageContaining("'steady-up-60', which needs Linux");
    for (String other : List.of("up-60", "pingpong")) {
      SteadyMeasurer.requireSystem(Workload.parse(other, false, OptionalLong.empty()), missing);
    }
  }
}
