package io.picomux.benchmarks.harness;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.picomux.benchmarks.scenario.ResidentMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Runs a workload with a fresh server and a fresh client and takes the server's figures. */
final class Measurer {
  private static final double BYTES_PER_GIGABYTE = 1e9;

  /** What a server prints when it listens, before its port. */
  private static final String READY = "ready ";

  private final long limitSeconds;
  private final Path jcmd;
  private final Place place;

  /**
   * Makes a measurer on loopback.
   *
   * @param limitSeconds how long a run may take
   * @param jcmd the program of the JDK that has a JVM collect its garbage
   */
  Measurer(long limitSeconds, Path jcmd) {
    this(limitSeconds, jcmd, Place.LOOPBACK);
  }

  /** Makes a measurer whose servers and clients run at a place. */
  Measurer(long limitSeconds, Path jcmd, Place place) {
    this.limitSeconds = limitSeconds;
    this.jcmd = jcmd;
    this.place = place;
  }

  /** Measures once; a run that fails is a measurement too. */
  Measurement measure(Workload workload, PeerCommand peer, int round) throws InterruptedException {
    try (PeerProcess server = PeerProcess.start(peer.server(workload, place))) {
      int port = port(server.nextLine(limitSeconds));
      JsonObject json =
          workload.isMemory()
              ? measureMemory(workload, peer, server, port)
              : measureWork(workload, peer, server, port);
      return new Measurement(workload.label(), peer.name(), round, json);
    } catch (IOException | RuntimeException e) {
      // A peer may print any JSON, and its server may die at any time: the others go on.
      return Measurement.failed(workload, peer, round, String.valueOf(e.getMessage()));
    }
  }

  private JsonObject measureWork(Workload workload, PeerCommand peer, PeerProcess server, int port)
      throws IOException, InterruptedException {
    CpuSampler sampler = CpuSampler.start(server.handle());
    long started = System.currentTimeMillis();
    CpuTimeline serverCpu;
    JsonObject json;
    try (PeerProcess client = PeerProcess.start(peer.client(workload, place, port, limitSeconds))) {
      json = parse(client.nextLine(limitSeconds));
      requireSuccess(client);
    } finally {
      serverCpu = sampler.stop();
    }
    addServerCpu(json, serverCpu, started, System.currentTimeMillis());
    if (peer.tellsArrivals(place)) {
      long ended = json.get("to_epoch_ms").getAsLong();
      Arrivals arrivals = new Arrivals();
      while (!arrivals.reach(ended)) {
        arrivals.add(server.nextLine(limitSeconds));
      }
      arrivals.addTo(json, workload.scenario());
    }
    return json;
  }

  /**
   * Adds what the server used: while the client's clock ran if the client tells when that was, else
   * during the whole run.
   */
  static void addServerCpu(
      JsonObject json, CpuTimeline server, long startedEpochMillis, long endedEpochMillis) {
    boolean isExact = json.has("from_epoch_ms") && json.has("to_epoch_ms");
    double cpu =
        server.secondsBetween(
            isExact ? json.get("from_epoch_ms").getAsLong() : startedEpochMillis,
            isExact ? json.get("to_epoch_ms").getAsLong() : endedEpochMillis);
    json.addProperty("server_cpu_s", cpu);
    if (json.has("bytes") && json.has("cpu_s")) {
      double bytes = json.get("bytes").getAsDouble();
      double all = cpu + json.get("cpu_s").getAsDouble();
      json.addProperty("cpu_s_per_GB", all * BYTES_PER_GIGABYTE / bytes);
    }
  }

  private JsonObject measureMemory(
      Workload workload, PeerCommand peer, PeerProcess server, int port)
      throws IOException, InterruptedException {
    long baseKb = residentKb(peer, server);
    try (PeerProcess client = PeerProcess.start(peer.client(workload, place, port, limitSeconds))) {
      JsonObject json = parse(client.nextLine(limitSeconds));
      long serverKb = residentKb(peer, server);
      client.say("");
      requireSuccess(client);
      json.addProperty("server_base_rss_kb", baseKb);
      json.addProperty("server_rss_kb", serverKb);
      String each = "_rss_kb_per_" + workload.scenario().unit();
      json.addProperty("server" + each, (double) (serverKb - baseKb) / workload.width());
      if (json.has("rss_kb") && json.has("base_rss_kb")) {
        long clientKb = json.get("rss_kb").getAsLong() - json.get("base_rss_kb").getAsLong();
        json.addProperty("client" + each, (double) clientKb / workload.width());
      }
      return json;
    }
  }

  /** Returns the resident memory of a server, after a collection where it has garbage. */
  private long residentKb(PeerCommand peer, PeerProcess server)
      throws IOException, InterruptedException {
    long pid = server.handle().pid();
    PeerCommand serving = peer.serving();
    if (serving.abilities().contains(Ability.COLLECT)) {
      server.say("collect");
      String unused = server.nextLine(limitSeconds);
    }
    if (serving.abilities().contains(Ability.JVM)) {
      List<String> collect = List.of(jcmd.toString(), Long.toString(pid), "GC.run");
      try (PeerProcess collector = PeerProcess.start(collect)) {
        requireSuccess(collector);
      }
    }
    return ResidentMemory.ofProcess(pid);
  }

  private void requireSuccess(PeerProcess process) throws IOException, InterruptedException {
    int code = process.awaitExit(limitSeconds);
    if (code != 0) {
      throw new IOException("the peer ended with code " + code);
    }
  }

  static int port(String line) throws IOException {
    if (!line.startsWith(READY)) {
      throw new IOException("instead of 'ready PORT' the server said: " + line);
    }
    try {
      return Integer.parseInt(line.substring(READY.length()).strip());
    } catch (NumberFormatException e) {
      throw new IOException("instead of 'ready PORT' the server said: " + line, e);
    }
  }

  static JsonObject parse(String line) throws IOException {
    try {
      return JsonParser.parseString(line).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new IOException("instead of JSON the client said: " + line, e);
    }
  }
}
