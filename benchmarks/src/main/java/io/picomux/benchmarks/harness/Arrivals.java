package io.picomux.benchmarks.harness;

import com.google.gson.JsonObject;
import java.io.IOException;

/**
 * What a server tells of the bytes that have come, for figures of uploads that only the receiver
 * knows. Not thread-safe.
 */
final class Arrivals {

  /** The time in which windows grow: what comes after it is the rate of a steady transfer. */
  static final long EARLY_MILLIS = 2000;

  /** A transfer that is over sooner has no steady part; chosen by judgement. */
  static final long LEAST_MILLIS = 2 * EARLY_MILLIS;

  private static final double BYTES_PER_MILLI_OF_ONE_MBPS = 1000;

  private final Timeline bytes = new Timeline();
  private long toldEpochMillis;

  /** Takes a line {@code received EPOCH_MS BYTES}. */
  void add(String line) throws IOException {
    String[] words = line.split(" ", -1);
    try {
      if (words.length != 3 || !words[0].equals("received")) {
        throw new NumberFormatException("not three words");
      }
      toldEpochMillis = Long.parseLong(words[1]);
      bytes.add(toldEpochMillis, Double.parseDouble(words[2]));
    } catch (NumberFormatException e) {
      throw new IOException("instead of 'received EPOCH_MS BYTES' the server said: " + line, e);
    }
  }

  /** Returns whether everything is known up to a moment. */
  boolean reach(long epochMillis) {
    return toldEpochMillis >= epochMillis;
  }

  /**
   * Adds to the figures of a client what the server has received per second: beside round trips all
   * the time, of a bulk transfer after its first two seconds.
   */
  void addTo(JsonObject json, ScenarioKind scenario) {
    long from = json.get("from_epoch_ms").getAsLong();
    long to = json.get("to_epoch_ms").getAsLong();
    if (scenario == ScenarioKind.LOADED && to > from) {
      json.addProperty("received_MBps", megabytesPerSecond(bytes, from, to));
    }
    if (scenario == ScenarioKind.UP && to - from >= LEAST_MILLIS) {
      json.addProperty("MBps_after_2s", megabytesPerSecond(bytes, from + EARLY_MILLIS, to));
    }
  }

  static double megabytesPerSecond(Timeline bytes, long fromEpochMillis, long toEpochMillis) {
    return bytes.growth(fromEpochMillis, toEpochMillis)
        / (toEpochMillis - fromEpochMillis)
        / BYTES_PER_MILLI_OF_ONE_MBPS;
  }
}
