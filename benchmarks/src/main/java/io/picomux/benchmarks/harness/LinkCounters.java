package io.picomux.benchmarks.harness;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What one direction of a long link has carried, dropped and held up, as it told again and again.
 * Not thread-safe.
 */
final class LinkCounters {

  /** As often as the link tells its counters. */
  private static final long STEP_MILLIS = 100;

  private final Timeline bytes = new Timeline();
  private final Timeline dropped = new Timeline();
  private final Timeline lost = new Timeline();
  private final Timeline failed = new Timeline();
  private final Timeline accepted = new Timeline();
  private final Timeline waitMillis = new Timeline();

  /** The longest since the sample before. */
  private final NavigableMap<Long, Double> longestWaitMillis = new TreeMap<>();

  private final NavigableMap<Long, Double> longestLatenessMillis = new TreeMap<>();

  /** Adds a sample of the link. */
  void add(long epochMillis, JsonObject sample) {
    bytes.add(epochMillis, sample.get("bytes").getAsDouble());
    dropped.add(epochMillis, sample.get("dropped").getAsDouble());
    lost.add(epochMillis, sample.get("lost").getAsDouble());
    failed.add(epochMillis, sample.get("failed").getAsDouble());
    accepted.add(epochMillis, sample.get("accepted").getAsDouble());
    waitMillis.add(epochMillis, sample.get("wait_ms").getAsDouble());
    longestWaitMillis.put(epochMillis, sample.get("max_wait_ms").getAsDouble());
    longestLatenessMillis.put(epochMillis, sample.get("max_late_ms").getAsDouble());
  }

  /** Returns packets between two moments that the link failed to carry, which makes it wrong. */
  double failed(long fromEpochMillis, long toEpochMillis) {
    return failed.growth(fromEpochMillis, toEpochMillis);
  }

  /** Returns 10^6 bytes of whole packets per second. */
  double megabytesPerSecond(long fromEpochMillis, long toEpochMillis) {
    return Arrivals.megabytesPerSecond(bytes, fromEpochMillis, toEpochMillis);
  }

  /** Returns 10^6 bytes per second for each 100 ms of the first two seconds: how windows grow. */
  JsonArray begin(long fromEpochMillis) {
    JsonArray rates = new JsonArray();
    for (long from = 0; from < Arrivals.EARLY_MILLIS; from += STEP_MILLIS) {
      long at = fromEpochMillis + from;
      rates.add(megabytesPerSecond(at, at + STEP_MILLIS));
    }
    return rates;
  }

  /** Describes what happened between two moments. */
  JsonObject describe(long fromEpochMillis, long toEpochMillis) {
    double packets = accepted.growth(fromEpochMillis, toEpochMillis);
    double waited = waitMillis.growth(fromEpochMillis, toEpochMillis);
    JsonObject json = new JsonObject();
    json.addProperty("MBps", megabytesPerSecond(fromEpochMillis, toEpochMillis));
    json.addProperty("packets", Math.round(packets));
    json.addProperty("mean_wait_ms", packets > 0 ? waited / packets : 0);
    json.addProperty("max_wait_ms", longest(longestWaitMillis, fromEpochMillis, toEpochMillis));
    json.addProperty("dropped", Math.round(dropped.growth(fromEpochMillis, toEpochMillis)));
    json.addProperty("lost", Math.round(lost.growth(fromEpochMillis, toEpochMillis)));
    json.addProperty("max_late_ms", longest(longestLatenessMillis, fromEpochMillis, toEpochMillis));
    return json;
  }

  /** Returns how late the link was at most, from what both directions have said of a run. */
  static double latenessMillis(JsonObject run) {
    double late = 0;
    for (String direction : List.of("link_up", "link_down")) {
      if (run.has(direction)) {
        late = Math.max(late, run.getAsJsonObject(direction).get("max_late_ms").getAsDouble());
      }
    }
    return late;
  }

  private static double longest(
      NavigableMap<Long, Double> samples, long fromEpochMillis, long toEpochMillis) {
    double longest = 0;
    for (Map.Entry<Long, Double> sample : samples.tailMap(fromEpochMillis, false).entrySet()) {
      longest = Math.max(longest, sample.getValue());
      if (sample.getKey() >= toEpochMillis) {
        break;
      }
    }
    return longest;
  }
}
