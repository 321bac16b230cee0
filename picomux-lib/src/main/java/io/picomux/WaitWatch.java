package io.picomux;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;

/**
 * Whether calls of a session wait, and the one timer for all of them: while there are any, a peer
 * that is silent for long is asked for a sign of life. A time limit for each wait would cost more
 * than the wait itself. Safe for concurrent use.
 */
final class WaitWatch {
  private final Session session;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicBoolean armed = new AtomicBoolean();

  WaitWatch(Session session) {
    this.session = session;
  }

  /** A call is about to wait; {@link #arm} is due before it does, unless that is done. */
  void begin() {
    waiting.incrementAndGet();
  }

  void end() {
    waiting.decrementAndGet();
  }

  boolean isArmed() {
    return armed.get();
  }

  /** Sets the timer; called without any lock. */
  void arm() {
    if (armed.compareAndSet(false, true)) {
      session.probeAfter(session.waitProbeNanos());
    }
  }

  /** Does {@link #arm} without a lock that the calling thread holds. */
  void armWithout(Lock lock) {
    lock.unlock();
    try {
      arm();
    } finally {
      lock.lock();
    }
  }

  /** How long a call may wait has changed. */
  void onNewLimit() {
    if (armed.get()) {
      session.probeAfter(session.waitProbeNanos());
    }
  }

  /** The time is over; called without any lock. */
  void onTime() {
    if (waiting.get() == 0) {
      armed.set(false);
      // Who has come in between may have found it armed.
      if (waiting.get() > 0) {
        arm();
      }
      return;
    }
    long limitNanos = session.waitProbeNanos();
    long silenceNanos = session.probe();
    session.probeAfter(silenceNanos < limitNanos ? limitNanos - silenceNanos : limitNanos);
  }
}
