package io.picomux.core;

/**
 * Decides whether a stream that the peer opens is taken, and counts those that were. Not
 * thread-safe.
 */
final class Admission {
  private final MuxLimits limits;
  private final StreamTable table;
  private final ReceiveSide receiving;
  private int inboundStreams;
  private int waitingStreams;
  private final TokenBucket opens;
  private boolean refusing;
  private int refusedLately;
  private long refusedBytesLately;
  private int futileLately;

  Admission(MuxLimits limits, StreamTable table, ReceiveSide receiving, long nowNanos) {
    this.limits = limits;
    this.table = table;
    this.receiving = receiving;
    int opensPerSecond = limits.maxStreamOpensPerSecond();
    this.opens = new TokenBucket(opensPerSecond, opensPerSecond, nowNanos);
  }

  /** Returns the streams of the peer that the application has not closed. */
  int inboundStreams() {
    return inboundStreams;
  }

  /** Returns the streams of the peer that the application has not accepted. */
  int waitingStreams() {
    return waitingStreams;
  }

  /** Every stream is refused from now on. */
  void refuseAll() {
    refusing = true;
  }

  /** Tells whether a stream with so much metadata is refused, and counts it. */
  boolean refuses(int metadataBytes, long nowNanos) {
    boolean refused = isFull(metadataBytes) || !opens.tryTake(nowNanos);
    if (refused) {
      refusedLately++;
      refusedBytesLately += metadataBytes;
    } else {
      inboundStreams++;
      waitingStreams++;
    }
    return refused;
  }

  /** Returns how many streams were refused since the last call. */
  int takeRefusedLately() {
    int count = refusedLately;
    refusedLately = 0;
    return count;
  }

  /** Returns how much metadata they had, since the last call. */
  long takeRefusedBytesLately() {
    long bytes = refusedBytesLately;
    refusedBytesLately = 0;
    return bytes;
  }

  /** A stream is over that the application has not even accepted and that carried nothing. */
  void onFutileStream() {
    futileLately++;
  }

  /** Returns how many streams were over before they were of any use, since the last call. */
  int takeFutileLately() {
    int count = futileLately;
    futileLately = 0;
    return count;
  }

  private boolean isFull(int metadataBytes) {
    return refusing
        || inboundStreams >= limits.maxInboundStreams()
        || table.inboundSize() >= limits.maxInboundStreams()
        || waitingStreams >= limits.acceptQueueStreams()
        || metadataBytes > limits.maxInboundMetadataBytes()
        || receiving.budget().refusesStreams();
  }

  void accepted() {
    waitingStreams--;
  }

  void closed() {
    inboundStreams--;
  }
}
