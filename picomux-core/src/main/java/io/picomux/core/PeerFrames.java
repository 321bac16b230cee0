package io.picomux.core;

import org.jspecify.annotations.Nullable;

/**
 * What each frame of the peer means: checks that the peer may send it, and tells the parts of the
 * session that it concerns. Not thread-safe.
 */
final class PeerFrames {
  private final boolean understandsResets;
  private final StreamTable table;
  private final IdSpace ids;
  private final Admission admission;
  private final ReceiveSide receiving;
  private final StreamLife life;
  private final Liveness liveness;
  private final SessionFrames sessionFrames;
  private final PeerConduct conduct;
  private final FrameCounters counters;

  /**
   * Creates the state of a fresh session.
   *
   * @param understandsResets whether we have offered to understand {@link ResetNotice}
   */
  PeerFrames(
      boolean understandsResets,
      StreamTable table,
      IdSpace ids,
      Admission admission,
      ReceiveSide receiving,
      StreamLife life,
      Liveness liveness,
      SessionFrames sessionFrames,
      PeerConduct conduct,
      FrameCounters counters) {
    this.understandsResets = understandsResets;
    this.table = table;
    this.ids = ids;
    this.admission = admission;
    this.receiving = receiving;
    this.life = life;
    this.liveness = liveness;
    this.sessionFrames = sessionFrames;
    this.conduct = conduct;
    this.counters = counters;
  }

  /**
   * The header of a data frame came.
   *
   * @return the stream whose application gets the bytes of the body, or null when they are to be
   *     skipped
   */
  @Nullable CoreStream onData(int streamId, int bodyBytes, long nowNanos)
      throws ProtocolViolationException {
    counters.received(Command.PSH);
    counters.dataBytesReceived += bodyBytes;
    CoreStream stream = table.get(streamId);
    if (stream == null) {
      onFrameOfUnknownStream(Command.PSH, streamId, nowNanos);
      return null;
    }
    if (stream.state.peerFinished()) {
      counters.lateFrames++;
      return null;
    }
    if (!stream.receiveWindow.onFrame()) {
      throw new ProtocolViolationException(
          Violation.WINDOW_OVERRUN,
          streamId,
          "a data frame of "
              + bodyBytes
              + " bytes came for stream "
              + Integer.toUnsignedString(streamId)
              + ", whose credit is 0 frames");
    }
    if (bodyBytes == 0) {
      conduct.onEmptyFrame(stream, nowNanos);
    }
    stream.state = stream.state.on(StreamState.Input.PEER_DATA);
    if (stream.state.discardsData() || stream.receiveFailure != null) {
      counters.discardedBytes += bodyBytes;
      receiving.onDiscard(stream, bodyBytes);
      return null;
    }
    receiving.onData(stream, bodyBytes, nowNanos);
    return stream;
  }

  /**
   * A frame other than a data frame came.
   *
   * @param body the body as {@link FrameDecoder#body()} gives it; the array becomes the core's
   * @return the stream that the peer has opened, when the frame is a SYN that is not refused; the
   *     owner attaches a {@link SendSource} to it before its next call
   */
  @Nullable CoreStream onControl(Command command, int streamId, byte[] body, long nowNanos)
      throws ProtocolViolationException {
    counters.received(command);
    switch (command) {
      case SYN -> {
        return handleSyn(streamId, body, nowNanos);
      }
      case FIN -> handleFin(streamId, nowNanos);
      case MORE -> handleMore(streamId, FrameEncoder.moreFrames(body), nowNanos);
      case NOP -> handleNop(streamId, body, nowNanos);
      case PING -> {
        if (sessionFrames.onPing(body)) {
          life.onHalfCloseCertain();
        }
        life.onPeerPing();
      }
      case PONG -> {
        if (liveness.onPong(nowNanos)) {
          receiving.onRoundTrip(liveness.latencyNanos(), nowNanos);
        } else {
          conduct.onUnsolicitedPong(liveness.unsolicitedPongs(), nowNanos);
        }
      }
      case PSH -> throw new IllegalArgumentException("data frames go to handleData");
    }
    return null;
  }

  private @Nullable CoreStream handleSyn(int streamId, byte[] metadata, long nowNanos)
      throws ProtocolViolationException {
    if (table.get(streamId) != null) {
      throw new ProtocolViolationException(
          Violation.DUPLICATE_SYN,
          streamId,
          "SYN for stream " + Integer.toUnsignedString(streamId) + ", which is open");
    }
    if (admission.refuses(metadata.length, nowNanos)) {
      counters.streamsRefused++;
      ids.addPeerId(streamId, nowNanos);
      sessionFrames.refuse(streamId);
      return null;
    }
    CoreStream stream = new CoreStream(streamId, false, metadata, null, nowNanos);
    table.add(stream);
    counters.streamsOpenedByPeer++;
    receiving.stored(stream, metadata.length);
    return stream;
  }

  private void handleFin(int streamId, long nowNanos) throws ProtocolViolationException {
    CoreStream stream = table.get(streamId);
    if (stream == null) {
      onFrameOfUnknownStream(Command.FIN, streamId, nowNanos);
      return;
    }
    if (isUntouched(stream) && stream.unreadFrames() == 0) {
      admission.onFutileStream();
    }
    life.onPeerFin(stream, nowNanos);
  }

  private void handleMore(int streamId, int frames, long nowNanos)
      throws ProtocolViolationException {
    conduct.checkMore(streamId);
    CoreStream stream = table.get(streamId);
    if (stream == null) {
      onFrameOfUnknownStream(Command.MORE, streamId, nowNanos);
      return;
    }
    life.onMore(stream, frames);
  }

  /** A NOP means nothing, unless it is the notice of a reset that we have offered to understand. */
  private void handleNop(int streamId, byte[] body, long nowNanos)
      throws ProtocolViolationException {
    StreamFailure reason = understandsResets ? ResetNotice.parse(body) : null;
    if (reason == null) {
      conduct.onNoise(Command.NOP, streamId, nowNanos);
      return;
    }
    CoreStream stream = table.get(streamId);
    if (stream == null) {
      onFrameOfUnknownStream(Command.NOP, streamId, nowNanos);
      return;
    }
    if (isUntouched(stream)) {
      admission.onFutileStream();
    }
    life.onReset(stream, reason, nowNanos);
  }

  /** Tells whether the application has not accepted the stream, and the peer has not ended it. */
  private static boolean isUntouched(CoreStream stream) {
    return !stream.isLocal() && !stream.accepted && !stream.state.peerFinished();
  }

  private void onFrameOfUnknownStream(Command command, int streamId, long nowNanos)
      throws ProtocolViolationException {
    if (ids.wasUsed(streamId, nowNanos)) {
      counters.lateFrames++;
    } else {
      conduct.onNoise(command, streamId, nowNanos);
    }
  }
}
