package io.picomux.benchmarks.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.junit.jupiter.api.Test;

final class ProgressTest {
  private static final long BEGIN = -5_000_000_000L;

  private static JsonObject after(double seconds, long... arrivalsNanos) {
    Progress progress = new Progress(BEGIN);
    for (long nanos : arrivalsNanos) {
      progress.arrived(3_000_000, BEGIN + nanos);
    }
    Result result = new Result("peer", "down");
    progress.addTo(result, seconds);
    return JsonParser.parseString(result.toLine()).getAsJsonObject();
  }

  @Test
  void whatComesInTheFirstTwoSecondsIsLeftOut() {
    JsonObject json = after(5, 0, 1_999_999_999L, 2_000_000_000L, 4_000_000_000L);
    assertThat(json.get("MBps_after_2s").getAsDouble()).isEqualTo(2);
  }

  @Test
  void aShortTransferHasNoSteadyPart() {
    assertThat(after(3.9, 0, 3_000_000_000L).has("MBps_after_2s")).isFalse();
  }

  @Test
  void aTransferWhoseArrivalsNobodyCountsHasNoRate() {
    assertThat(after(9).has("MBps_after_2s")).isFalse();
  }
}
