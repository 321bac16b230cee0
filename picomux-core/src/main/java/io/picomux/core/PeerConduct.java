package io.picomux.core;

/**
 * Counts what an honest peer does seldom and a hostile one often, and says when it is too much. Not
 * thread-safe. Times are nanoseconds since the session began.
 */
final class PeerConduct {
  /**
   * PONGs owed at a time: honest peers have one PING out; judgement, as attack tables for HTTP/2
   * do.
   */
  static final int MAX_OWED_PONGS = 64;

  /**
   * Refusals not yet written. Opening has no acknowledgement, so an honest peer may open thousands
   * of streams before it hears of the first refusal: one turn of a reader takes 256 KiB, which is
   * 32,768 SYNs without metadata, before anything is written. Twice that, chosen by judgement, and
   * 256 KiB of ids at most.
   */
  static final int MAX_OWED_REFUSALS = 65_536;

  /**
   * MORE frames that one data frame of ours explains: Envoy allows 10 WINDOW_UPDATE for each DATA.
   */
  static final long MORES_PER_DATA_FRAME = 10;

  /** MORE frames that are always allowed on top, chosen by judgement. */
  static final long MORES_ALWAYS = 1000;

  /**
   * Data frames without data on one stream in a minute: the limit of nghttp2 and Netty for HTTP/2.
   */
  static final int MAX_EMPTY_FRAMES_PER_MINUTE = 100;

  /** Frames that mean nothing and may come at once: nghttp2's burst for glitches. */
  static final long NOISE_BURST_FRAMES = 10_000;

  /** Frames that mean nothing in a second, in the long run: nghttp2's rate for glitches. */
  static final long NOISE_FRAMES_PER_SECOND = 330;

  private static final long MINUTE_NANOS = 60_000_000_000L;

  private final FrameCounters counters;
  private final TokenBucket noise;

  PeerConduct(FrameCounters counters, long nowNanos) {
    this.counters = counters;
    this.noise = new TokenBucket(NOISE_BURST_FRAMES, NOISE_FRAMES_PER_SECOND, nowNanos);
  }

  void checkOwedPongs(int owed) throws ProtocolViolationException {
    if (owed > MAX_OWED_PONGS) {
      throw new ProtocolViolationException(
          Violation.PING_FLOOD,
          WireFormat.NO_STREAM_ID,
          owed + " PINGs wait for their PONG, at most " + MAX_OWED_PONGS + " are allowed");
    }
  }

  void checkOwedRefusals(int owed, int streamId) throws ProtocolViolationException {
    if (owed > MAX_OWED_REFUSALS) {
      throw new ProtocolViolationException(
          Violation.REFUSAL_FLOOD,
          streamId,
          owed
              + " refused SYNs wait for their FIN, the last for stream "
              + Integer.toUnsignedString(streamId)
              + "; at most "
              + MAX_OWED_REFUSALS
              + " are allowed");
    }
  }

  /** A MORE came, already counted. */
  void checkMore(int streamId) throws ProtocolViolationException {
    long allowed =
        MORES_PER_DATA_FRAME * counters.sentOf(Command.PSH)
            + MORES_PER_DATA_FRAME * (counters.streamsOpenedLocally + counters.streamsOpenedByPeer)
            + MORES_ALWAYS;
    long came = counters.receivedOf(Command.MORE);
    if (came > allowed) {
      throw new ProtocolViolationException(
          Violation.MORE_FLOOD,
          streamId,
          came
              + " MORE frames came, the last for stream "
              + Integer.toUnsignedString(streamId)
              + "; at most "
              + allowed
              + " are explained by what we sent");
    }
  }

  /** A data frame without data came on a live stream. */
  void onEmptyFrame(CoreStream stream, long nowNanos) throws ProtocolViolationException {
    EmptyFrames frames = stream.emptyFrames;
    if (frames == null || nowNanos - frames.sinceNanos >= MINUTE_NANOS) {
      frames = new EmptyFrames(nowNanos);
      stream.emptyFrames = frames;
    }
    if (++frames.count > MAX_EMPTY_FRAMES_PER_MINUTE) {
      throw new ProtocolViolationException(
          Violation.EMPTY_FRAME_FLOOD,
          stream.id(),
          frames.count
              + " empty data frames came on stream "
              + Integer.toUnsignedString(stream.id())
              + " within a minute, at most "
              + MAX_EMPTY_FRAMES_PER_MINUTE
              + " are allowed");
    }
  }

  /** A frame came that means nothing: a NOP, or one for an id that nobody ever used. */
  void onNoise(Command command, int streamId, long nowNanos) throws ProtocolViolationException {
    counters.noiseFrames++;
    takeNoise(counters.noiseFrames, command, streamId, nowNanos);
  }

  /** A PONG came that no PING had asked for; counted apart, but as much noise as the others. */
  void onUnsolicitedPong(long unsolicitedPongs, long nowNanos) throws ProtocolViolationException {
    takeNoise(
        counters.noiseFrames + unsolicitedPongs, Command.PONG, WireFormat.NO_STREAM_ID, nowNanos);
  }

  private void takeNoise(long frames, Command command, int streamId, long nowNanos)
      throws ProtocolViolationException {
    if (!noise.tryTake(nowNanos)) {
      throw new ProtocolViolationException(
          Violation.NOISE_FLOOD,
          streamId,
          frames
              + " frames without meaning came, the last a "
              + command
              + " for stream "
              + Integer.toUnsignedString(streamId)
              + "; at most "
              + NOISE_BURST_FRAMES
              + " at once and "
              + NOISE_FRAMES_PER_SECOND
              + " per second are allowed");
    }
  }
}
