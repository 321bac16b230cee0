package io.picomux.core;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * How streams come to their end: joins the table of states with the FINs, the failures and the
 * deadlines that belong to them, and collects what the engine has to hear. Not thread-safe.
 */
final class StreamLife {
  private final FinMode finMode;
  private final MuxLimits limits;
  private final StreamTable table;
  private final IdSpace ids;
  private final SendScheduler scheduler;
  private final ReceiveSide receiving;
  final DeadlineHeap deadlines = new DeadlineHeap();
  private final ArrayDeque<CoreStream> eventQueue = new ArrayDeque<>();

  private boolean halfCloseCertain;

  /** Whether the peer has said what it understands; true when we do not ask. */
  private boolean peerPingSeen;

  StreamLife(
      MuxConfig config,
      StreamTable table,
      IdSpace ids,
      SendScheduler scheduler,
      ReceiveSide receiving) {
    this.finMode = config.finMode();
    this.limits = config.limits();
    this.table = table;
    this.ids = ids;
    this.scheduler = scheduler;
    this.receiving = receiving;
    this.halfCloseCertain = finMode == FinMode.HALF_CLOSE;
    this.peerPingSeen = !config.offerHalfClose();
  }

  boolean isHalfCloseCertain() {
    return halfCloseCertain;
  }

  @Nullable CoreStream pollEvent() {
    return eventQueue.poll();
  }

  long earliestDeadlineNanos() {
    return deadlines.earliestNanos();
  }

  void onTimeout(long nowNanos) {
    CoreStream stream;
    while ((stream = deadlines.due(nowNanos)) != null) {
      onStreamTimeout(stream, nowNanos);
    }
  }

  // ---- what the peer does

  /** The peer's FIN came. */
  void onPeerFin(CoreStream stream, long nowNanos) {
    boolean first = !stream.state.peerFinished();
    stream.state = stream.state.on(StreamState.Input.PEER_FIN);
    if (first) {
      receiving.onPeerFin(stream);
      raise(stream, CoreStream.EVENT_PEER_FIN);
    }
    if (stream.state == StreamState.ENDED) {
      retire(stream, nowNanos);
      return;
    }
    if (finMode == FinMode.FULL_CLOSE) {
      if (stream.state.acceptsWrites() || stream.pendingBytes() > 0) {
        failSending(stream, StreamFailure.PEER_CLOSED);
      }
      stream.resetOwed = false;
      stream.state = stream.state.on(StreamState.Input.CLOSE);
    }
    onWriteSideChanged(stream, nowNanos);
  }

  /** The peer has granted credit. */
  void onMore(CoreStream stream, int frames) throws ProtocolViolationException {
    if (stream.state.peerFinished()) {
      onHalfCloseCertain();
    }
    boolean wasExhausted = stream.lacksSendCredit();
    stream.grantSendCredit(frames);
    stream.state = stream.state.on(StreamState.Input.PEER_MORE);
    if (wasExhausted && frames > 0) {
      setGoneAt(stream, DeadlineHeap.NEVER);
      scheduler.creditReady(stream);
    }
  }

  /** The peer has said that it refused or dropped the stream. */
  void onReset(CoreStream stream, StreamFailure reason, long nowNanos) {
    failSending(stream, reason);
    stream.resetOwed = false;
    if (!stream.state.peerFinished()) {
      failReceiving(stream, reason);
    }
    abandon(stream, nowNanos);
  }

  /** The peer has offered half-close or has proven it: FINs that were held back may go. */
  void onHalfCloseCertain() {
    if (!halfCloseCertain && finMode == FinMode.AUTO) {
      halfCloseCertain = true;
      table.forEach(stream -> {
        if (stream.state == StreamState.FINISHING) {
          scheduler.controlReady(stream);
        }
      });
    }
  }

  /** A PING of the peer came: resets that waited to know whether it understands them may go. */
  void onPeerPing() {
    if (!peerPingSeen) {
      peerPingSeen = true;
      table.forEach(stream -> {
        if (stream.resetOwed) {
          scheduler.controlReady(stream);
        }
      });
    }
  }

  // ---- what the application does

  /** The application has nothing more to send. */
  void finish(CoreStream stream, boolean mayHold, long nowNanos) {
    if (stream.state.acceptsWrites()) {
      stream.finMayBeHeld = mayHold && finMode == FinMode.AUTO;
    }
    stream.state = stream.state.on(StreamState.Input.FINISH);
    onWriteSideChanged(stream, nowNanos);
  }

  /** The application wants nothing more of a stream that is not over on the wire. */
  void close(CoreStream stream, long nowNanos) {
    abandon(stream, nowNanos);
    receiving.onClosed(stream);
  }

  /** The application drops a stream: what is pending is lost, and the peer is to know. */
  void reset(CoreStream stream, long nowNanos) {
    if (stream.state != StreamState.ENDED) {
      failSending(stream, StreamFailure.CLOSED);
      oweReset(stream);
      onWriteSideChanged(stream, nowNanos);
    }
  }

  // ---- our FIN

  /**
   * Tells whether our FIN can go now; starts the time for which it is held back when it must wait.
   */
  boolean finIsDue(CoreStream stream, long nowNanos) {
    if (!stream.state.owesFin() || stream.pendingBytes() > 0) {
      return false;
    }
    if (!waitsForCertainty(stream) && !waitsForPeerPing(stream)) {
      return true;
    }
    if (stream.finHoldUntilNanos() == DeadlineHeap.NEVER) {
      stream.setFinHoldUntil(Liveness.saturatedAdd(nowNanos, limits.finHoldNanos()));
      updateDeadline(stream);
    }
    return nowNanos >= stream.finHoldUntilNanos();
  }

  /** Tells whether the peer could take our FIN for the end of both directions. */
  private boolean waitsForCertainty(CoreStream stream) {
    return stream.state == StreamState.FINISHING && stream.finMayBeHeld && !halfCloseCertain;
  }

  /**
   * Tells whether the peer could take our FIN for the end of data that is in truth cut off, because
   * it has not said yet whether it understands a {@link ResetNotice}.
   */
  private boolean waitsForPeerPing(CoreStream stream) {
    return stream.resetOwed && !peerPingSeen;
  }

  void onFinSent(CoreStream stream, long nowNanos) {
    stream.state = stream.state.on(StreamState.Input.FIN_SENT);
    raise(stream, CoreStream.EVENT_FIN_SENT);
    stream.setFinHoldUntil(DeadlineHeap.NEVER);
    if (stream.state == StreamState.ENDED) {
      retire(stream, nowNanos);
    } else {
      if (stream.state == StreamState.DISCARDING) {
        stream.setCloseUntil(Liveness.saturatedAdd(nowNanos, limits.closeLingerNanos()));
      }
      updateDeadline(stream);
    }
  }

  // ---- what follows from it

  /** Something changed that decides whether data, FIN or nothing is to be sent, or by when. */
  private void onWriteSideChanged(CoreStream stream, long nowNanos) {
    if (stream.state.owesFin()) {
      scheduler.controlReady(stream);
    }
    watchForGonePeer(stream, nowNanos);
    updateDeadline(stream);
  }

  /**
   * Starts or ends the time after which a peer that has finished and grants nothing counts as gone.
   */
  void watchForGonePeer(CoreStream stream, long nowNanos) {
    if (!waitsForFinishedPeer(stream)) {
      setGoneAt(stream, DeadlineHeap.NEVER);
    } else if (stream.goneAtNanos() == DeadlineHeap.NEVER) {
      setGoneAt(stream, Liveness.saturatedAdd(nowNanos, limits.peerGoneNanos()));
    }
  }

  /** Tells whether bytes wait for the credit of a peer that has sent its FIN. */
  private static boolean waitsForFinishedPeer(CoreStream stream) {
    return stream.state.sends()
        && stream.state.peerFinished()
        && stream.lacksSendCredit()
        && stream.pendingBytes() > 0;
  }

  private void setGoneAt(CoreStream stream, long atNanos) {
    if (stream.goneAtNanos() != atNanos) {
      stream.setGoneAt(atNanos);
      updateDeadline(stream);
    }
  }

  private void updateDeadline(CoreStream stream) {
    long hold = stream.state.owesFin() ? stream.finHoldUntilNanos() : DeadlineHeap.NEVER;
    long earliest = Math.min(hold, Math.min(stream.closeUntilNanos(), stream.goneAtNanos()));
    deadlines.set(stream, earliest);
  }

  private void onStreamTimeout(CoreStream stream, long nowNanos) {
    if (stream.goneAtNanos() <= nowNanos) {
      stream.setGoneAt(DeadlineHeap.NEVER);
      if (waitsForFinishedPeer(stream)) {
        failSending(stream, StreamFailure.PEER_GONE);
      }
    }
    if (stream.finHoldUntilNanos() <= nowNanos) {
      stream.setFinHoldUntil(DeadlineHeap.NEVER);
      stream.finMayBeHeld = false;
      stream.resetOwed &= peerPingSeen;
    }
    if (stream.closeUntilNanos() <= nowNanos) {
      stream.setCloseUntil(DeadlineHeap.NEVER);
      if (stream.state == StreamState.DISCARDING) {
        stream.state = stream.state.on(StreamState.Input.GIVE_UP);
        retire(stream, nowNanos);
        return;
      }
      if (stream.pendingBytes() > 0) {
        failSending(stream, StreamFailure.LINGER_EXPIRED);
      }
    }
    onWriteSideChanged(stream, nowNanos);
  }

  /** Ends the stream that holds most of a full budget. */
  void sacrifice(CoreStream stream, long nowNanos) {
    receiving.forfeit(stream);
    failReceiving(stream, StreamFailure.RECEIVE_BUDGET);
    failSending(stream, StreamFailure.RECEIVE_BUDGET);
    abandon(stream, nowNanos);
  }

  /** Neither direction is of use any more; the stream goes on until both FINs are through. */
  private void abandon(CoreStream stream, long nowNanos) {
    if (stream.state != StreamState.ENDED) {
      stream.state = stream.state.on(StreamState.Input.CLOSE);
      if (stream.closeUntilNanos() == DeadlineHeap.NEVER) {
        // Only once, or a peer could keep the stream by repeating that it is over.
        stream.setCloseUntil(Liveness.saturatedAdd(nowNanos, limits.closeLingerNanos()));
      }
      onWriteSideChanged(stream, nowNanos);
    }
  }

  private void failSending(CoreStream stream, StreamFailure failure) {
    if (stream.sendFailure == null && stream.state.sends()) {
      stream.sendFailure = failure;
      raise(stream, CoreStream.EVENT_SEND_FAILED);
      oweReset(stream);
    }
  }

  /** The peer is to be told that the stream ended before its time. */
  private void oweReset(CoreStream stream) {
    stream.resetOwed = true;
    scheduler.controlReady(stream);
  }

  private void failReceiving(CoreStream stream, StreamFailure failure) {
    if (stream.receiveFailure == null) {
      stream.receiveFailure = failure;
      raise(stream, CoreStream.EVENT_RECEIVE_FAILED);
    }
  }

  /**
   * A stream is over on the wire. Its id is remembered from now on: late frames of the peer may
   * come, and nobody may use it again for an hour.
   */
  private void retire(CoreStream stream, long nowNanos) {
    if (!stream.isLocal()) {
      ids.addPeerId(stream.id(), nowNanos);
    }
    remove(stream);
  }

  private void remove(CoreStream stream) {
    stream.state = StreamState.ENDED;
    table.remove(stream);
    stream.resetOwed = false;
    stream.setFinHoldUntil(DeadlineHeap.NEVER);
    stream.setCloseUntil(DeadlineHeap.NEVER);
    stream.setGoneAt(DeadlineHeap.NEVER);
    updateDeadline(stream);
    receiving.onEnded(stream);
    raise(stream, CoreStream.EVENT_ENDED);
  }

  private void raise(CoreStream stream, int event) {
    if (stream.addEvent(event)) {
      eventQueue.add(stream);
    }
  }

  /** The session is over: every live stream fails. */
  void endAll() {
    for (CoreStream stream : table.toArray()) {
      failSending(stream, StreamFailure.SESSION_ENDED);
      if (!stream.state.peerFinished()) {
        failReceiving(stream, StreamFailure.SESSION_ENDED);
      }
      remove(stream);
    }
  }
}
