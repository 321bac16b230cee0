package io.picomux;

import io.picomux.core.SessionEnd;
import io.picomux.loop.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The orderly end of a session: FINs, flush, end of our direction of the transport, then what still
 * comes is read and discarded until the peer ends too. Closing a socket with unread bytes would
 * send a reset, which can destroy bytes that the peer has not read yet. Goes on by what happens and
 * by the session's deadline; who wants to wait waits for the end of the session. Safe for
 * concurrent use.
 */
final class SessionCloser {
  /**
   * How long the peer may take to end its direction after ours; chosen by judgement: peers end at
   * once when they see the end of ours.
   */
  private static final long PEER_END_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final String IN_ORDER = "closed on this side";
  private static final String TOO_LATE = "closed on this side before all was delivered";

  private enum Phase {
    OPEN,
    /** What was written is being delivered. */
    FLUSHING,
    /** All of ours is written and every stream closed; the peer is to end too. */
    DISCARDING
  }

  private final Session session;
  private final long lingerNanos;
  private final AtomicReference<@Nullable SessionException> closing = new AtomicReference<>();
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPEN);
  private volatile boolean draining;

  SessionCloser(Session session, long lingerNanos) {
    this.session = session;
    this.lingerNanos = lingerNanos;
  }

  boolean isClosing() {
    return closing.get() != null;
  }

  /**
   * Tells whether all of ours is written and every stream closed, so that what still comes means
   * nothing: an answer to it could not be written any more.
   */
  boolean isDiscarding() {
    return phase.get() == Phase.DISCARDING;
  }

  /** Returns why no stream can be opened any more. */
  SessionException cause() {
    SessionException first = session.termination().cause();
    if (first == null) {
      first = closing.get();
    }
    if (first == null) {
      throw new IllegalStateException("the session is not closing");
    }
    return first.again();
  }

  /** Refuses new streams, waits until none is live or time is up, and closes. */
  void drain(long timeoutNanos) {
    beginDrain(timeoutNanos);
    awaitEnd(timeoutNanos);
  }

  void beginDrain(long timeoutNanos) {
    session.refuseStreams();
    if (!isClosing()) {
      session.setAlarm(timeoutNanos, this::begin);
      if (isClosing()) {
        session.setAlarm(lingerNanos, this::endNow);
      }
      draining = true;
      onTold();
    }
  }

  /** Streams have heard what happened to them: the last one that is drained for may be over. */
  void onTold() {
    if (draining && !isClosing() && !session.hasLiveStreams()) {
      begin();
    }
  }

  void close() {
    begin();
    awaitEnd(0);
  }

  /** Begins to close, unless that has begun already. */
  void begin() {
    SessionException cause =
        new SessionException(SessionEnd.CLOSED, "session " + session.id() + ": " + IN_ORDER, null);
    if (closing.compareAndSet(null, cause) && session.termination().cause() == null) {
      phase.set(Phase.FLUSHING);
      session.setAlarm(lingerNanos, this::endNow);
      session.closeStreams(cause);
    }
  }

  /** The time for the delivery is over, or that for the peer. */
  private void endNow() {
    session.end(SessionEnd.CLOSED, isDiscarding() ? IN_ORDER : TOO_LATE, null);
  }

  /** Everything so far is written; called by the writer. */
  void onDrained() {
    if (phase.get() == Phase.FLUSHING
        && session.isFlushed()
        && phase.compareAndSet(Phase.FLUSHING, Phase.DISCARDING)) {
      session.setAlarm(PEER_END_NANOS, this::endNow);
      session.driver().shutdownOutput();
    }
  }

  /**
   * Waits for the end, which the session's deadline brings about; should whoever keeps that be
   * stuck, the caller does it. A thread that moves bytes does not wait: on it nothing of what it
   * waits for could happen, and with a selector thread other sessions would stand still.
   *
   * @param drainNanos what may go by before the close begins
   */
  private void awaitEnd(long drainNanos) {
    if (EventLoop.isLoopThread() || session.driver().isOwnThread()) {
      return;
    }
    long closeNanos = Math.min(lingerNanos, Long.MAX_VALUE / 2) + PEER_END_NANOS;
    long boundNanos = Math.min(drainNanos, Long.MAX_VALUE - closeNanos) + closeNanos;
    try {
      if (!session.termination().await(boundNanos)) {
        endNow();
      }
    } catch (InterruptedException e) {
      session.end(SessionEnd.CLOSED, IN_ORDER + ", and interrupted in that", null);
      Thread.currentThread().interrupt();
    }
  }
}
