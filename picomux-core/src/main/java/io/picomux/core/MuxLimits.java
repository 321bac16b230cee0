package io.picomux.core;

/**
 * The bounds of one session: the one table of defaults in the code. Immutable.
 *
 * <p>Worst-case memory of a session, whatever its peer does: {@link #receiveBudgetBytes()} + 2 MiB
 * of control state + 0.5 KiB per live stream; and {@link #sessionQueueBytes()} for what its own
 * application has written. All sessions of a process together hold less: the library gives each its
 * share of a quarter of the maximum heap for what is unread and of an eighth for what is queued.
 */
public final class MuxLimits {
  private static final long SECOND_NANOS = 1_000_000_000L;

  /** Every bound at its default. */
  public static final MuxLimits DEFAULT = new Builder().build();

  private final long receiveBudgetBytes;
  private final int maxInboundStreams;
  private final int acceptQueueStreams;
  private final int maxStreamOpensPerSecond;
  private final int maxInboundMetadataBytes;
  private final int streamQueueBytes;
  private final long sessionQueueBytes;
  private final long finHoldNanos;
  private final long peerGoneNanos;
  private final long closeLingerNanos;
  private final long discardBytes;

  private MuxLimits(Builder builder) {
    receiveBudgetBytes = builder.receiveBudgetBytes;
    maxInboundStreams = builder.maxInboundStreams;
    acceptQueueStreams = builder.acceptQueueStreams;
    maxStreamOpensPerSecond = builder.maxStreamOpensPerSecond;
    maxInboundMetadataBytes = builder.maxInboundMetadataBytes;
    streamQueueBytes = builder.streamQueueBytes;
    sessionQueueBytes = builder.sessionQueueBytes;
    finHoldNanos = builder.finHoldNanos;
    peerGoneNanos = builder.peerGoneNanos;
    closeLingerNanos = builder.closeLingerNanos;
    discardBytes = builder.discardBytes;
  }

  /** Returns a builder with every bound at its default. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder with the bounds of this object. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.receiveBudgetBytes = receiveBudgetBytes;
    builder.maxInboundStreams = maxInboundStreams;
    builder.acceptQueueStreams = acceptQueueStreams;
    builder.maxStreamOpensPerSecond = maxStreamOpensPerSecond;
    builder.maxInboundMetadataBytes = maxInboundMetadataBytes;
    builder.streamQueueBytes = streamQueueBytes;
    builder.sessionQueueBytes = sessionQueueBytes;
    builder.finHoldNanos = finHoldNanos;
    builder.peerGoneNanos = peerGoneNanos;
    builder.closeLingerNanos = closeLingerNanos;
    builder.discardBytes = discardBytes;
    return builder;
  }

  /**
   * Returns unread bytes, as allocated, that are kept for the application, with the metadata of all
   * streams that the peer has opened. Worst case in memory: itself, and what one read of the
   * transport brings beyond it, 256 KiB.
   */
  public long receiveBudgetBytes() {
    return receiveBudgetBytes;
  }

  /**
   * Returns live streams that the peer has opened; a SYN beyond it is refused with FIN. Worst case
   * in memory: 0.5 KiB for each, 8 MiB by default, beside their data.
   */
  public int maxInboundStreams() {
    return maxInboundStreams;
  }

  /**
   * Returns streams that wait for the application to accept them; a SYN beyond it is refused with
   * FIN. Worst case in memory: nothing of its own, as they are live streams and their metadata and
   * data count against the receive budget.
   */
  public int acceptQueueStreams() {
    return acceptQueueStreams;
  }

  /**
   * Returns streams that the peer may open in a second, in the long run; a SYN beyond it is refused
   * with FIN. Worst case in memory: nothing, it is a number.
   */
  public int maxStreamOpensPerSecond() {
    return maxStreamOpensPerSecond;
  }

  /**
   * Returns the longest metadata that a SYN may carry; a longer one is refused with FIN. Worst case
   * in memory: once while it comes, at most 64 KiB; after that it counts against the receive
   * budget.
   */
  public int maxInboundMetadataBytes() {
    return maxInboundMetadataBytes;
  }

  /**
   * Returns bytes of one stream that wait for credit or for the transport before its writers block.
   * Worst case in memory: itself and the rest of a segment of 16 KiB.
   */
  public int streamQueueBytes() {
    return streamQueueBytes;
  }

  /**
   * Returns bytes of all streams together, the metadata of unsent SYNs included, that wait to be
   * sent before writers block. Worst case in memory: itself, the rest of a segment of 16 KiB, and
   * one SYN of 64 KiB.
   */
  public long sessionQueueBytes() {
    return sessionQueueBytes;
  }

  /**
   * Returns how long our FIN is held back from a peer that may take it for the end of both
   * directions, see {@link FinMode#AUTO}, and the FIN of a stream that was reset from a peer that
   * has not sent its first PING, from which we learn whether it understands the reason.
   */
  public long finHoldNanos() {
    return finHoldNanos;
  }

  /**
   * Returns how long a writer waits for credit after the peer's FIN before it fails with {@link
   * StreamFailure#PEER_GONE}.
   */
  public long peerGoneNanos() {
    return peerGoneNanos;
  }

  /**
   * Returns how long bytes accepted before close() may take to go out, and how long the peer's FIN
   * is then waited for.
   */
  public long closeLingerNanos() {
    return closeLingerNanos;
  }

  /**
   * Returns bytes that a closed stream discards, giving their credit back, while it waits for the
   * peer's FIN, which waits for credit like data. Worst case in memory: nothing, they are not kept.
   */
  public long discardBytes() {
    return discardBytes;
  }

  /** Collects bounds; each setter checks its range. Not thread-safe. */
  public static final class Builder {
    private long receiveBudgetBytes = 64L << 20;
    private int maxInboundStreams = 16_384;
    private int acceptQueueStreams = 1_024;
    private int maxStreamOpensPerSecond = Integer.MAX_VALUE;
    private int maxInboundMetadataBytes = WireFormat.MAX_BODY_BYTES;
    private int streamQueueBytes = 256 << 10;
    private long sessionQueueBytes = 8L << 20;
    private long finHoldNanos = 5 * SECOND_NANOS;
    private long peerGoneNanos = 30 * SECOND_NANOS;
    private long closeLingerNanos = 30 * SECOND_NANOS;
    private long discardBytes = 4L << 20;

    private Builder() {}

    /**
     * Sets unread bytes, as allocated and with metadata, that are kept for the application. Chosen
     * by judgement: five full windows of 1500 frames of 8 KiB.
     *
     * @param value 1 MiB or more; default {@code 64L << 20}
     * @throws IllegalArgumentException when the value is out of range
     */
    public Builder receiveBudgetBytes(long value) {
      require(value >= 1 << 20, "receiveBudgetBytes", value, "1 MiB or more");
      receiveBudgetBytes = value;
      return this;
    }

    /**
     * Sets live streams that the peer has opened, each counted until the application has closed it
     * and until it is over on the wire; a SYN beyond it is refused with FIN. Chosen by judgement;
     * each costs about 0.5 KiB beyond the budget.
     *
     * @param value 1 or more; default {@code 16_384}
     * @throws IllegalArgumentException when the value is out of range
     */
    public Builder maxInboundStreams(int value) {
      require(value >= 1, "maxInboundStreams", value, "1 or more");
      maxInboundStreams = value;
      return this;
    }

    /**
     * Sets streams that wait for the application to accept them; a SYN beyond it is refused with
     * FIN. Chosen by judgement: ten times the crate's 100, which refuses honest bursts.
     *
     * @param value 1 or more; default {@code 1_024}
     * @throws IllegalArgumentException when the value is out of range
     */
    public Builder acceptQueueStreams(int value) {
      require(value >= 1, "acceptQueueStreams", value, "1 or more");
      acceptQueueStreams = value;
      return this;
    }

    /**
     * Sets streams that the peer may open in a second, in the long run: as many may come at once
     * after a second without any. A SYN beyond it is refused with FIN. No bound by default, as a
     * stream for each call makes thousands a second of an honest peer; for servers whose peers are
     * strangers, as opening streams that are dropped at once takes processor time from others.
     *
     * @param value 1 or more; default {@code Integer.MAX_VALUE}
     * @throws IllegalArgumentException when the value is out of range
     */
    public Builder maxStreamOpensPerSecond(int value) {
      require(value >= 1, "maxStreamOpensPerSecond", value, "1 or more");
      maxStreamOpensPerSecond = value;
      return this;
    }

    /**
     * Sets the longest metadata that a SYN may carry; a longer one is refused with FIN. The wire's
     * own limit.
     *
     * @param value 0 to 65,535 bytes; default {@code WireFormat.MAX_BODY_BYTES}
     * @throws IllegalArgumentException when the value is out of range
     */
    public Builder maxInboundMetadataBytes(int value) {
      require(
          !(value < 0 || value > WireFormat.MAX_BODY_BYTES),
          "maxInboundMetadataBytes",
          value,
          "0 to 65,535 bytes");
      maxInboundMetadataBytes = value;
      return this;
    }

    /**
     * Sets bytes of one stream that wait for credit or for the transport before its writers block.
     * Chosen by judgement: 32 full frames.
     *
     * @param value 8,192 or more; default {@code 256 << 10}
     * @throws IllegalArgumentException when the value is out of range
     */
    public Builder streamQueueBytes(int value) {
      require(value >= WireFormat.DATA_BODY_BYTES, "streamQueueBytes", value, "8,192 or more");
      streamQueueBytes = value;
      return this;
    }

    /**
     * Sets bytes of all streams together, the metadata of unsent SYNs included, that wait to be
     * sent before writers block. Chosen by judgement: 32 full queues.
     *
     * @param value 65,535 or more; default {@code 8L << 20}
     * @throws IllegalArgumentException when the value is out of range
     */
    public Builder sessionQueueBytes(long value) {
      require(value >= WireFormat.MAX_BODY_BYTES, "sessionQueueBytes", value, "65,535 or more");
      sessionQueueBytes = value;
      return this;
    }

    /**
     * Sets how long our FIN is held back from a peer that may take it for the end of both
     * directions, see {@link FinMode#AUTO}, and the FIN of a stream that was reset from a peer that
     * has not sent its first PING. Chosen by judgement.
     *
     * @param value 0 or more nanoseconds; default {@code 5 * SECOND_NANOS}
     * @throws IllegalArgumentException when the value is out of range
     */
    public Builder finHoldNanos(long value) {
      require(value >= 0, "finHoldNanos", value, "0 or more nanoseconds");
      finHoldNanos = value;
      return this;
    }

    /**
     * Sets how long a writer waits for credit after the peer's FIN before it fails with {@link
     * StreamFailure#PEER_GONE}. Chosen by judgement: the crate's liveness timeout.
     *
     * @param value 1 or more nanoseconds; default {@code 30 * SECOND_NANOS}
     * @throws IllegalArgumentException when the value is out of range
     */
    public Builder peerGoneNanos(long value) {
      require(value >= 1, "peerGoneNanos", value, "1 or more nanoseconds");
      peerGoneNanos = value;
      return this;
    }

    /**
     * Sets how long bytes accepted before close() may take to go out, and how long the peer's FIN
     * is then waited for. Chosen by judgement: the crate's liveness timeout.
     *
     * @param value 0 or more nanoseconds; default {@code 30 * SECOND_NANOS}
     * @throws IllegalArgumentException when the value is out of range
     */
    public Builder closeLingerNanos(long value) {
      require(value >= 0, "closeLingerNanos", value, "0 or more nanoseconds");
      closeLingerNanos = value;
      return this;
    }

    /**
     * Sets bytes that a closed stream discards, giving their credit back, while it waits for the
     * peer's FIN, which waits for credit like data. Chosen by judgement.
     *
     * @param value 0 or more; default {@code 4L << 20}
     * @throws IllegalArgumentException when the value is out of range
     */
    public Builder discardBytes(long value) {
      require(value >= 0, "discardBytes", value, "0 or more");
      discardBytes = value;
      return this;
    }

    /** Returns the limits. */
    public MuxLimits build() {
      return new MuxLimits(this);
    }

    private static void require(boolean inRange, String name, long value, String range) {
      if (!inRange) {
        throw new IllegalArgumentException(name + " is " + value + ", must be " + range);
      }
    }
  }
}
