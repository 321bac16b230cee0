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
  private boolean refusing;

  Admission(MuxLimits limits, StreamTable table, ReceiveSide receiving) {
    this.limits = limits;
    this.table = table;
    this.receiving = receiving;
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

  /** Tells whether a stream with so much metadata is refused. */
  boolean refuses(int metadataBytes) {
    return refusing
        || inboundStreams >= limits.maxInboundStreams()
        || table.inboundSize() >= limits.maxInboundStreams()
        || waitingStreams >= limits.acceptQueueStreams()
        || metadataBytes > limits.maxInboundMetadataBytes()
        || receiving.budget().refusesStreams();
  }

  void opened() {
    inboundStreams++;
    waitingStreams++;
  }

  void accepted() {
    waitingStreams--;
  }

  void closed() {
    inboundStreams--;
  }
}
