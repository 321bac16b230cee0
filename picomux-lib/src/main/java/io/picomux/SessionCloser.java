package io.picomux;

import io.picomux.core.SessionEnd;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The orderly end of a session: FINs, flush, end of our direction of the transport, then what still
 * comes is read and discarded until the peer ends too. Closing a socket with unread bytes would
 * send a reset, which can destroy bytes that the peer has not read yet. Safe for concurrent use.
 */
final class SessionCloser {
  /**
   * How long the peer may take to end its direction after ours; chosen by judgement: peers end at
   * once when they see the end of ours.
   */
  private static final long PEER_END_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Session session;
  private final long lingerNanos;
  private final AtomicReference<@Nullable SessionException> closing = new AtomicReference<>();
  private final CountDownLatch drained = new CountDownLatch(1);
  private final CountDownLatch emptied = new CountDownLatch(1);
  private volatile boolean discarding;
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
    return discarding;
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
    session.refuseStreams();
    draining = true;
    onTold();
    try {
      emptied.await(timeoutNanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close();
  }

  /** Streams have heard what happened to them: one that is drained for may be over. */
  void onTold() {
    if (draining && !session.hasLiveStreams()) {
      emptied.countDown();
    }
  }

  void close() {
    SessionException cause =
        new SessionException(
            SessionEnd.CLOSED, "session " + session.id() + ": closed on this side", null);
    try {
      if (closing.compareAndSet(null, cause) && session.termination().cause() == null) {
        session.beginClose(cause);
        if (drained.await(lingerNanos, TimeUnit.NANOSECONDS)) {
          discarding = true;
          session.driver().shutdownOutput();
          if (!session.termination().await(PEER_END_NANOS)) {
            session.end(SessionEnd.CLOSED, "closed on this side", null);
          }
        } else {
          session.end(SessionEnd.CLOSED, "closed on this side before all was delivered", null);
        }
      }
      session.termination().await(lingerNanos);
    } catch (InterruptedException e) {
      session.end(SessionEnd.CLOSED, "closed on this side, and interrupted in that", null);
      Thread.currentThread().interrupt();
    }
  }

  /** Everything so far is written; called by the writer. */
  void onDrained() {
    if (isClosing() && session.isFlushed()) {
      drained.countDown();
    }
  }

  void onEnded() {
    drained.countDown();
    emptied.countDown();
  }
}
