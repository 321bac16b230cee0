package io.picomux.benchmarks.scenario;

/**
 * How much a scenario does.
 *
 * @param width streams or workers at once
 * @param amount bytes, round trips or streams of all of them together
 * @param warmup how much of the same is done before the clock starts
 * @param messageBytes the length of a message of a round trip
 */
public record Sizes(int width, long amount, long warmup, int messageBytes) {

  /** The length of a message unless something else is asked for. */
  public static final int USUAL_MESSAGE_BYTES = 64;

  /** What part of the round trips is made before the clock starts, unless it is set by hand. */
  private static final int WARMUP_DIVISOR = 10;

  /** Takes what was asked for, all of it checked. */
  static Sizes ofBulk(int streams, long bytes, long warmupBytes) {
    Shares.requireAtLeast("--streams", streams, 1);
    Shares.requireAtLeast("--bytes", bytes, streams);
    Shares.requireAtLeast("--warmup", warmupBytes, 0);
    return new Sizes(streams, bytes, warmupBytes, USUAL_MESSAGE_BYTES);
  }

  /**
   * Takes the sizes of round trips.
   *
   * @param leastCount how many there must be
   * @param warmup below 0 for the usual part
   */
  static Sizes ofRoundTrips(int streams, int count, int leastCount, int warmup, int messageBytes) {
    Shares.requireAtLeast("--streams", streams, 1);
    Shares.requireAtLeast("--count", count, leastCount);
    Shares.requireAtLeast("--size", messageBytes, 1);
    return new Sizes(streams, count, warmup < 0 ? count / WARMUP_DIVISOR : warmup, messageBytes);
  }

  /**
   * Returns into what parts the warm-up is divided, so that each is like what is measured: its
   * beginning and its end are compiled as well then.
   */
  public int warmupParts() {
    return warmup == 0 ? 0 : Math.toIntExact(Math.max(1, warmup / amount));
  }
}
