package io.picomux;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the two directions of a stream have in common: each is a lock, which guards it, and has a
 * way to wait for a change. It is one instead of having one because there may be a hundred thousand
 * idle streams, whose locks would take 16 bytes more each.
 *
 * <p>The lock is held for copies and for looking at state, never over I/O or a call of the
 * application's. Whoever needs the session's lock as well takes that first.
 */
@SuppressWarnings("serial") // a lock can be serialized, which nobody does with this one
abstract class StreamHalf extends ReentrantLock {
  final Session session;
  private @Nullable Condition changed;
  private boolean waitsVirtually;

  StreamHalf(Session session) {
    this.session = session;
  }

  /** Wakes everyone who waits; under the lock. */
  final void signalChange() {
    Condition condition = changed;
    if (condition != null) {
      condition.signalAll();
    }
  }

  /** Returns whether the last thread that has waited is a virtual one; under the lock. */
  final boolean waitsVirtually() {
    return waitsVirtually;
  }

  /**
   * Waits for a change, or for a while; under the lock, which is free meanwhile. The caller then
   * looks at the state again. A wait in which the peer is silent for long asks it for a sign of
   * life.
   *
   * @param startNanoTime when the whole wait has begun
   * @param timeoutNanos what the whole wait may take
   * @return false when that time is over
   */
  final boolean await(long startNanoTime, long timeoutNanos) throws InterruptedException {
    Condition condition = changed;
    if (condition == null) {
      condition = newCondition();
      changed = condition;
    }
    waitsVirtually = Thread.currentThread().isVirtual();
    return Waits.await(session, this, condition, startNanoTime, timeoutNanos);
  }
}
