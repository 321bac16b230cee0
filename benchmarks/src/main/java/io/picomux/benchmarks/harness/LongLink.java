package io.picomux.benchmarks.harness;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A running long link: two network namespaces and the program that carries packets between them.
 * Closing it ends the link and everything that runs at its ends. Safe for concurrent use.
 */
final class LongLink implements AutoCloseable {

  private static final double BITS_PER_MEGABYTE = 8e6;
  private static final double PERCENT = 100;

  /** How often the link tells its counters. */
  private static final String SAMPLE_PERIOD = "100ms";

  /** How long the link may take to begin, to tell its counters, and to end. */
  private static final long LIMIT_SECONDS = 20;

  private final PeerProcess process;
  private final JsonObject description;
  private final Thread listener;

  /** Guards all below. */
  private final Object lock = new Object();

  private final LinkCounters up = new LinkCounters();
  private final LinkCounters down = new LinkCounters();
  private long sampledEpochMillis;
  private @Nullable IOException failure;

  private LongLink(PeerProcess process, JsonObject description) {
    this.process = process;
    this.description = description;
    this.listener = Thread.ofVirtual().name("benchmark-link").unstarted(this::listen);
  }

  /**
   * Makes a link.
   *
   * @param program the program that does it, and its options
   * @throws IOException when it cannot; the program has said why to the standard error output
   */
  static LongLink start(List<String> program) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of("--sample", SAMPLE_PERIOD));
    PeerProcess process = PeerProcess.startTied(command);
    try {
      JsonObject description = Measurer.parse(process.nextLine(LIMIT_SECONDS));
      LongLink link = new LongLink(process, description);
      link.listener.start();
      return link;
    } catch (IOException | InterruptedException e) {
      process.close();
      throw e;
    }
  }

  private void listen() {
    try {
      while (true) {
        JsonObject sample = Measurer.parse(process.nextLine(LIMIT_SECONDS));
        long at = sample.get("at_epoch_ms").getAsLong();
        synchronized (lock) {
          up.add(at, sample.getAsJsonObject("up"));
          down.add(at, sample.getAsJsonObject("down"));
          sampledEpochMillis = at;
          lock.notifyAll();
        }
      }
    } catch (IOException e) {
      fail(e);
    } catch (InterruptedException e) {
      fail(new IOException("the link was closed", e));
    }
  }

  private void fail(IOException cause) {
    synchronized (lock) {
      failure = cause;
      lock.notifyAll();
    }
  }

  /** Returns what the link has said of itself. */
  JsonObject description() {
    return description;
  }

  /** Returns how bytes of a scenario travel: bits per second of their direction. */
  long bitsPerSecond(ScenarioKind scenario) {
    String field = scenario.isDownwards() ? "down_bits_per_s" : "up_bits_per_s";
    return description.get(field).getAsLong();
  }

  double roundTripMillis() {
    return description.get("round_trip_ms").getAsDouble();
  }

  /** Returns how programs are started at its ends. */
  Place place() {
    return new Place(
        inNamespace("server_namespace"),
        inNamespace("client_namespace"),
        description.get("server_address").getAsString());
  }

  private List<String> inNamespace(String field) {
    return List.of("ip", "netns", "exec", description.get(field).getAsString());
  }

  /**
   * Adds to a run what the link has seen of it, where its client has told when it was.
   *
   * @throws IOException when the link has failed, or failed to carry a packet
   */
  void addTo(JsonObject json, ScenarioKind scenario) throws IOException, InterruptedException {
    if (scenario.isBulk() && json.has("MBps")) {
      double bits = json.get("MBps").getAsDouble() * BITS_PER_MEGABYTE;
      json.addProperty("percent_of_rate", PERCENT * bits / bitsPerSecond(scenario));
    }
    if (!json.has("from_epoch_ms") || !json.has("to_epoch_ms")) {
      return;
    }
    long fromEpochMillis = json.get("from_epoch_ms").getAsLong();
    long toEpochMillis = json.get("to_epoch_ms").getAsLong();
    synchronized (lock) {
      while (failure == null && sampledEpochMillis < toEpochMillis) {
        lock.wait();
      }
      if (failure != null) {
        throw new IOException("the link ended: " + failure.getMessage(), failure);
      }
      double failed =
          up.failed(fromEpochMillis, toEpochMillis) + down.failed(fromEpochMillis, toEpochMillis);
      if (failed > 0) {
        throw new IOException("the link failed to carry " + failed + " packets");
      }
      json.add("link_up", up.describe(fromEpochMillis, toEpochMillis));
      json.add("link_down", down.describe(fromEpochMillis, toEpochMillis));
      if (scenario.isBulk() && toEpochMillis - fromEpochMillis >= Arrivals.LEAST_MILLIS) {
        LinkCounters counters = scenario.isDownwards() ? down : up;
        long early = fromEpochMillis + Arrivals.EARLY_MILLIS;
        json.addProperty("link_MBps_after_2s", counters.megabytesPerSecond(early, toEpochMillis));
        json.add("link_begin_MBps", counters.begin(fromEpochMillis));
      }
    }
  }

  @Override
  public void close() {
    listener.interrupt();
    process.end(LIMIT_SECONDS);
  }
}
