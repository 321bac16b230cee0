package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ArrivalsTest {
  private final Arrivals arrivals = new Arrivals();

  @BeforeEach
  void megabyteInTheFirstSecondAndTwoInEachLater() throws IOException {
    arrivals.add("received 10000 0");
    arrivals.add("received 11000 1000000");
    arrivals.add("received 16000 11000000");
  }

  private JsonObject figures(ScenarioKind scenario, long from, long to) {
    JsonObject json = new JsonObject();
    json.addProperty("from_epoch_ms", from);
    json.addProperty("to_epoch_ms", to);
    arrivals.addTo(json, scenario);
    return json;
  }

  @Test
  void anUploadIsSteadyAfterTwoSeconds() {
    assertThat(figures(ScenarioKind.UP, 10_000, 15_000).get("MBps_after_2s").getAsDouble())
        .isCloseTo(2.0, within(1e-9));
    assertThat(figures(ScenarioKind.UP, 10_000, 13_999).has("MBps_after_2s")).isFalse();
  }

  @Test
  void besideRoundTripsAllThatComesCounts() {
    assertThat(figures(ScenarioKind.LOADED, 10_000, 12_000).get("received_MBps").getAsDouble())
        .isCloseTo(1.5, within(1e-9));
  }

  @Test
  void theServerKnowsNothingOfDownloads() {
    assertThat(figures(ScenarioKind.DOWN, 10_000, 16_000).size()).isEqualTo(2);
    assertThat(figures(ScenarioKind.LOADED_DOWN, 10_000, 16_000).size()).isEqualTo(2);
  }

  @Test
  void theyReachAsFarAsTheLastLine() {
    assertThat(arrivals.reach(16_000)).isTrue();
    assertThat(arrivals.reach(16_001)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sent 1 2", "received 1", "received 1 many", "received now 2"})
  void wrongLinesAreShown(String line) {
    assertThatThrownBy(() -> arrivals.add(line))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("said: " + line);
  }
}
