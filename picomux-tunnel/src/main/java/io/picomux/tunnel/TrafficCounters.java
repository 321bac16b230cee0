package io.picomux.tunnel;

import java.util.concurrent.atomic.LongAdder;

/**
 * Running sums of the streams and bytes that went through one end of a tunnel. Safe for concurrent
 * use.
 */
public final class TrafficCounters {

  private final LongAdder opened = new LongAdder();
  private final LongAdder ended = new LongAdder();
  private final LongAdder bytesUp = new LongAdder();
  private final LongAdder bytesDown = new LongAdder();

  /** Counters that stand at zero. */
  public TrafficCounters() {}

  /**
   * The sums of one moment.
   *
   * @param liveStreams streams that are open, never negative
   * @param totalStreams streams opened so far
   * @param bytesUp bytes moved from the clients to the destinations
   * @param bytesDown bytes moved from the destinations to the clients
   */
  public record Traffic(long liveStreams, long totalStreams, long bytesUp, long bytesDown) {}

  /** Counts a stream that has been opened. */
  public void streamOpened() {
    opened.increment();
  }

  /** Counts the end of a stream that was counted as opened. */
  public void streamEnded() {
    ended.increment();
  }

  /** Counts bytes on their way from a client to its destination. */
  public void addUp(long bytes) {
    bytesUp.add(bytes);
  }

  /** Counts bytes on their way from a destination to its client. */
  public void addDown(long bytes) {
    bytesDown.add(bytes);
  }

  /** The sums now. Those of streams that open or end meanwhile may be counted or not. */
  public Traffic traffic() {
    // What has ended was opened before, so this order never shows fewer than zero live streams.
    long endedNow = ended.sum();
    long openedNow = opened.sum();
    return new Traffic(openedNow - endedNow, openedNow, bytesUp.sum(), bytesDown.sum());
  }
}
