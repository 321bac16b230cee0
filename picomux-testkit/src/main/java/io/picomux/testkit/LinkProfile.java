package io.picomux.testkit;

/**
 * How one direction of a simulated link treats bytes.
 *
 * @param latencyNanos from the moment a byte is on the link until it arrives; 0 or more
 * @param bytesPerSecond the rate; 1 or more
 * @param bufferBytes what the link takes in before its sender has to wait, like the buffer of a
 *     socket; 1 or more
 * @param longestSliceBytes bytes arrive in slices of 1 to this many, whatever the frames; 1 or more
 */
public record LinkProfile(
    long latencyNanos, long bytesPerSecond, int bufferBytes, int longestSliceBytes) {
  /** A path within a city: 5 ms, 12.5 MB/s (100 Mbit/s), 64 KiB of buffer, slices up to 16 KiB. */
  public static final LinkProfile CITY = new LinkProfile(5_000_000, 12_500_000, 1 << 16, 1 << 14);

  /** Checks the ranges. */
  public LinkProfile {
    require("latencyNanos", latencyNanos, 0);
    require("bytesPerSecond", bytesPerSecond, 1);
    require("bufferBytes", bufferBytes, 1);
    require("longestSliceBytes", longestSliceBytes, 1);
  }

  private static void require(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is " + value + ", must be " + least + " or more");
    }
  }
}
