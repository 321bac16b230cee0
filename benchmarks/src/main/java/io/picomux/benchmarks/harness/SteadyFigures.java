package io.picomux.benchmarks.harness;

import com.google.gson.JsonObject;
import java.io.IOException;

/**
 * What a peer has moved in its turns. The rate is that of the measured parts of the turns.
 * Processor time is counted of whole turns, with the bytes of whole turns: the peer stands still
 * between them, so that it is exact however coarse the clock is. Not thread-safe.
 */
final class SteadyFigures {
  private static final double BYTES_PER_MEGABYTE = 1e6;
  private static final double BYTES_PER_GIGABYTE = 1e9;
  private static final double NANOS_PER_SECOND = 1e9;

  private int turns;
  private long bytes;
  private long measuredBytes;
  private long measuredNanos;
  private double slowest = Double.POSITIVE_INFINITY;
  private double fastest;

  /**
   * Adds a turn.
   *
   * @param turnBytes what was moved while the peer ran
   * @param moved what was moved in the measured part
   * @param nanos how long that part was
   */
  void add(long turnBytes, long moved, long nanos) {
    turns++;
    bytes += turnBytes;
    measuredBytes += moved;
    measuredNanos += nanos;
    double rate = megabytesPerSecond(moved, nanos);
    slowest = Math.min(slowest, rate);
    fastest = Math.max(fastest, rate);
  }

  /**
   * Returns the figures of all turns.
   *
   * @param cpu what both ends have used in them
   * @throws IOException when nothing was moved
   */
  JsonObject describe(CpuTimes cpu) throws IOException {
    if (measuredBytes <= 0) {
      throw new IOException("nothing was moved in " + turns + " turns");
    }
    double client = cpu.client().toNanos() / NANOS_PER_SECOND;
    double server = cpu.server().toNanos() / NANOS_PER_SECOND;
    JsonObject json = new JsonObject();
    json.addProperty("MBps", megabytesPerSecond(measuredBytes, measuredNanos));
    json.addProperty("cpu_s_per_GB", (client + server) * BYTES_PER_GIGABYTE / bytes);
    json.addProperty("turns", turns);
    json.addProperty("min_MBps", slowest);
    json.addProperty("max_MBps", fastest);
    json.addProperty("bytes", bytes);
    json.addProperty("cpu_s", client);
    json.addProperty("server_cpu_s", server);
    return json;
  }

  private static double megabytesPerSecond(long bytes, long nanos) {
    return bytes / BYTES_PER_MEGABYTE / (nanos / NANOS_PER_SECOND);
  }
}
