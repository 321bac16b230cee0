package io.picomux.core;

/**
 * What a session owes its peer beyond the frames of live streams: PONGs, PINGs and refusals. A
 * counter, a flag and a bounded list, so that a peer that does not read cannot make them grow. Not
 * thread-safe.
 */
final class SessionFrames {
  private final Liveness liveness;
  private final PeerConduct conduct;
  private final boolean offers;
  private final IdQueue refusals = new IdQueue();
  private int owedPongs;
  private boolean refusalTold;
  private boolean resetsUnderstood;

  /**
   * Creates the state of a fresh session.
   *
   * @param offers whether our PINGs carry the field by which Java peers agree on extensions
   */
  SessionFrames(Liveness liveness, PeerConduct conduct, boolean offers) {
    this.liveness = liveness;
    this.conduct = conduct;
    this.offers = offers;
  }

  /** Returns whether the peer has offered to understand {@link ResetNotice}. */
  boolean resetsUnderstood() {
    return resetsUnderstood;
  }

  boolean isEmpty() {
    return owedPongs == 0 && !liveness.pingDue() && refusals.isEmpty();
  }

  /** The peer's PING came; returns whether it offers half-close and we take the offer. */
  boolean onPing(byte[] body) throws ProtocolViolationException {
    PingBody ping = PingJson.parse(body, 0, body.length);
    owedPongs++;
    conduct.checkOwedPongs(owedPongs);
    resetsUnderstood |= offers && ping.resetOffered();
    return offers && ping.halfCloseOffered();
  }

  /** A SYN is refused. */
  void refuse(int streamId) throws ProtocolViolationException {
    refusals.add(streamId);
    conduct.checkOwedRefusals(refusals.size(), streamId);
  }

  /** Hands out the next frame, if there is one. */
  boolean poll(OutboundFrame out, long nowNanos) {
    if (owedPongs > 0) {
      owedPongs--;
      out.set(Command.PONG, WireFormat.NO_STREAM_ID);
      return true;
    }
    if (liveness.pingDue()) {
      liveness.onPingSent(nowNanos);
      long intervalMillis = liveness.config().pingIntervalMillis();
      out.set(Command.PING, WireFormat.NO_STREAM_ID, PingJson.encode(intervalMillis, offers));
      return true;
    }
    if (refusals.isEmpty()) {
      return false;
    }
    int refused = refusals.first();
    if (resetsUnderstood && !refusalTold) {
      refusalTold = true;
      out.set(Command.NOP, refused, ResetNotice.refused());
    } else {
      refusalTold = false;
      refusals.removeFirst();
      out.set(Command.FIN, refused);
    }
    return true;
  }
}
