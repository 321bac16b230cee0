package io.picomux.benchmarks.scenario;

/** Puts into a result what a scenario has measured, the same for all that run it. Stateless. */
public final class Outcome {
  private static final double BYTES_PER_MEGABYTE = 1e6;

  private Outcome() {}

  /** Adds what a bulk transfer has given. */
  public static void ofBulk(Result result, Sizes sizes, Span span) {
    result
        .count("streams", sizes.width())
        .count("bytes", sizes.amount())
        .figure("MBps", sizes.amount() / BYTES_PER_MEGABYTE / span.seconds())
        .figure("alloc_bytes_per_byte", (double) span.allocatedBytes() / sizes.amount());
    span.addTo(result);
  }

  /** Adds what round trips have given. */
  public static void ofRoundTrips(Result result, Sizes sizes, Span span, Latencies latencies) {
    result
        .count("streams", sizes.width())
        .count("count", sizes.amount())
        .count("size", sizes.messageBytes())
        .figure("rps", latencies.count() / span.seconds());
    latencies.addTo(result);
    span.addTo(result);
  }

  /**
   * Adds what round trips beside a load have given.
   *
   * @param bytes what the load moved meanwhile
   */
  public static void ofLoaded(
      Result result, Sizes sizes, Span span, Latencies latencies, long bytes) {
    result
        .count("streams", sizes.width())
        .count("count", sizes.amount())
        .count("bytes", bytes)
        .figure("MBps", bytes / BYTES_PER_MEGABYTE / span.seconds());
    latencies.addTo(result);
    span.addTo(result);
  }

  /** Adds how fast streams were opened and used. */
  public static void ofOpens(Result result, Sizes sizes, Span span) {
    result
        .count("concurrency", sizes.width())
        .count("count", sizes.amount())
        .figure("opens_per_s", sizes.amount() / span.seconds());
    span.addTo(result);
  }

  /**
   * Adds what silent streams take.
   *
   * @param before the memory when there was one stream
   * @param after the memory with all of them
   */
  public static void ofIdle(Result result, Sizes sizes, OwnMemory before, OwnMemory after) {
    double heapBytes = after.heapBytes() - before.heapBytes();
    result
        .count("streams", sizes.width())
        .count("base_rss_kb", before.residentKb())
        .count("rss_kb", after.residentKb())
        .figure("heap_bytes_per_stream", heapBytes / sizes.width());
  }

  /**
   * Adds what sessions without streams take.
   *
   * @param before the memory before
   * @param after the memory with all of them
   * @param threads platform threads that have come with them
   */
  static void ofIdleSessions(
      Result result, Sizes sizes, OwnMemory before, OwnMemory after, int threads) {
    double heapBytes = after.heapBytes() - before.heapBytes();
    result
        .count("sessions", sizes.width())
        .count("base_rss_kb", before.residentKb())
        .count("rss_kb", after.residentKb())
        .figure("heap_bytes_per_session", heapBytes / sizes.width())
        .figure("threads_per_session", (double) threads / sizes.width());
  }
}
