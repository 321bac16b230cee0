package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.Locale;
import org.junit.jupiter.api.Test;

final class LinkCountersTest {

  private static JsonObject sample(long packets, int dropped, double maxWait) {
    return JsonParser.parseString(
            String.format(
                Locale.ROOT,
                "{packets:%d,bytes:%d,dropped:%d,lost:0,failed:0,accepted:%d,wait_ms:%d,"
                    + "max_wait_ms:%f,max_late_ms:0.5}",
                packets,
                packets * 1500,
                dropped,
                packets,
                packets * 20,
                maxWait))
        .getAsJsonObject();
  }

  @Test
  void describesWhatHappenedBetweenTwoMoments() {
    LinkCounters counters = new LinkCounters();
    counters.add(1000, sample(100, 4, 70));
    counters.add(1100, sample(200, 5, 30));
    counters.add(1200, sample(300, 5, 40));
    counters.add(1300, sample(400, 9, 90));
    JsonObject json = counters.describe(1000, 1200);
    assertThat(json.get("MBps").getAsDouble()).isEqualTo(1.5);
    assertThat(json.get("packets").getAsLong()).isEqualTo(200);
    assertThat(json.get("mean_wait_ms").getAsDouble()).isEqualTo(20);
    assertThat(json.get("max_wait_ms").getAsDouble()).isEqualTo(40);
    assertThat(json.get("dropped").getAsLong()).isEqualTo(1);
    assertThat(counters.failed(1000, 1300)).isZero();
  }

  @Test
  void theBeginningIsToldInTenthsOfASecond() {
    LinkCounters counters = new LinkCounters();
    counters.add(1000, sample(0, 0, 0));
    counters.add(1100, sample(100, 0, 0));
    counters.add(1200, sample(300, 0, 0));
    JsonArray rates = counters.begin(1050);
    assertThat(rates).hasSize(20);
    assertThat(rates.get(0).getAsDouble()).isEqualTo(2.25);
    assertThat(rates.get(1).getAsDouble()).isEqualTo(1.5);
    assertThat(rates.get(2).getAsDouble()).isZero();
  }

  @Test
  void theLaterDirectionTellsHowLateALinkWas() {
    JsonObject run =
        JsonParser.parseString("{link_up:{max_late_ms:2.5},link_down:{max_late_ms:93}}")
            .getAsJsonObject();
    assertThat(LinkCounters.latenessMillis(run)).isEqualTo(93);
    assertThat(LinkCounters.latenessMillis(new JsonObject())).isZero();
  }

  @Test
  void aLinkWithoutPacketsHasNoWait() {
    LinkCounters counters = new LinkCounters();
    counters.add(1000, sample(7, 0, 1));
    counters.add(1100, sample(7, 0, 0));
    assertThat(counters.describe(1000, 1100).get("mean_wait_ms").getAsDouble()).isZero();
  }
}
