package io.picomux.benchmarks.harness;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What one run of one peer has given.
 *
 * @param workload the label of the workload
 * @param peer the name of the peer in the registry
 * @param round from 1 on
 * @param json the client's line and what the harness has added to it; with {@code error} instead
 *     when the run failed
 */
record Measurement(String workload, String peer, int round, JsonObject json) {
  private static final String WORKLOAD = "workload";
  private static final String PEER = "peer_name";
  private static final String ROUND = "round";
  private static final List<String> KEYS = List.of(WORKLOAD, PEER, ROUND);

  static Measurement failed(Workload workload, PeerCommand peer, int round, String error) {
    JsonObject json = new JsonObject();
    json.addProperty("error", error);
    return new Measurement(workload.label(), peer.name(), round, json);
  }

  /**
   * Reads what {@link #toLine} returns.
   *
   * @throws JsonParseException when it is something else
   */
  static Measurement ofLine(String line) {
    JsonElement read = JsonParser.parseString(line);
    if (!read.isJsonObject() || !read.getAsJsonObject().keySet().containsAll(KEYS)) {
      throw new JsonParseException("no object with " + KEYS);
    }
    JsonObject json = read.getAsJsonObject();
    Measurement measurement =
        new Measurement(
            json.get(WORKLOAD).getAsString(),
            json.get(PEER).getAsString(),
            json.get(ROUND).getAsInt(),
            json);
    KEYS.forEach(json::remove);
    return measurement;
  }

  boolean isFailed() {
    return json.has("error");
  }

  /** Returns a figure, or nothing when the run failed or the peer does not tell it. */
  OptionalDouble figure(String name) {
    JsonElement value = json.get(name);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value.getAsDouble());
  }

  /** Returns one line of JSON, without its end. */
  String toLine() {
    JsonObject line = new JsonObject();
    line.addProperty(WORKLOAD, workload);
    line.addProperty(PEER, peer);
    line.addProperty(ROUND, round);
    json.entrySet().forEach(field -> line.add(field.getKey(), field.getValue()));
    return line.toString();
  }
}
