package io.picomux;

import java.util.concurrent.locks.LockSupport;
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

  /** Guarded by the lock. */
  private @Nullable Waiter waiters;

  /** A thread that waits; all of a direction are linked, first who came last. */
  private static final class Waiter {
    final Thread thread;
    @Nullable Waiter next;

    /** Whether somebody has woken it: set under the lock, and it is on no list any more. */
    volatile boolean woken;

    Waiter(Thread thread) {
      this.thread = thread;
    }
  }

  StreamHalf(Session session) {
    this.session = session;
  }

  /** Wakes everyone who waits; under the lock. */
  final void signalChange() {
    unparkAll(takeWaiters());
  }

  /** Wakes everyone who waits; called without the lock, so that they find it free. */
  final void signalChangeWithoutLock() {
    Waiter woken;
    lock();
    try {
      woken = takeWaiters();
    } finally {
      unlock();
    }
    unparkAll(woken);
  }

  /** Returns those who wait, who are no longer on the list: first who has waited for longest. */
  private @Nullable Waiter takeWaiters() {
    Waiter first = null;
    Waiter each = waiters;
    while (each != null) {
      Waiter next = each.next;
      each.woken = true;
      each.next = first;
      first = each;
      each = next;
    }
    waiters = null;
    return first;
  }

  private static void unparkAll(@Nullable Waiter first) {
    for (Waiter each = first; each != null; each = each.next) {
      LockSupport.unpark(each.thread);
    }
  }

  /** Returns whether threads wait and all are virtual; under the lock. */
  final boolean isAwaitedVirtually() {
    Waiter each = waiters;
    while (each != null && each.thread.isVirtual()) {
      each = each.next;
    }
    return waiters != null && each == null;
  }

  /**
   * Waits for a change, or for a while; under the lock, which is free meanwhile. The caller then
   * looks at the state again, which may be the same. A wait in which the peer is silent for long
   * asks it for a sign of life.
   *
   * @param startNanoTime when the whole wait has begun
   * @param timeoutNanos what the whole wait may take
   * @return false when that time is over
   */
  final boolean await(long startNanoTime, long timeoutNanos) throws InterruptedException {
    long leftNanos = timeoutNanos;
    if (timeoutNanos != Waits.FOREVER_NANOS) {
      leftNanos -= System.nanoTime() - startNanoTime;
      if (leftNanos <= 0) {
        return false;
      }
    }
    WaitWatch watch = session.waitWatch();
    watch.begin();
    try {
      if (watch.isArmed()) {
        park(leftNanos);
      } else {
        watch.armWithout(this);
      }
    } finally {
      watch.end();
    }
    return true;
  }

  /**
   * Waits until somebody signals a change, which wakes all; a {@link java.util.concurrent.locks
   * .Condition} would do the same by way of the lock's queue, which costs more than the wait.
   */
  private void park(long nanos) throws InterruptedException {
    Waiter self = new Waiter(Thread.currentThread());
    self.next = waiters;
    waiters = self;
    unlock();
    try {
      parkUntilWoken(self, nanos);
    } finally {
      lock();
      forget(self);
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  /** Waits without the lock, until the thread is woken or interrupted or the time is over. */
  private void parkUntilWoken(Waiter self, long nanos) {
    if (nanos == Waits.FOREVER_NANOS) {
      while (!self.woken && !self.thread.isInterrupted()) {
        LockSupport.park(this);
      }
      return;
    }
    long begun = System.nanoTime();
    long leftNanos = nanos;
    while (leftNanos > 0 && !self.woken && !self.thread.isInterrupted()) {
      LockSupport.parkNanos(this, leftNanos);
      leftNanos = nanos - (System.nanoTime() - begun);
    }
  }

  /** Takes a thread off the list that nobody has woken. */
  private void forget(Waiter waiter) {
    if (waiter.woken) {
      return;
    }
    if (waiters == waiter) {
      waiters = waiter.next;
      return;
    }
    for (Waiter each = waiters; each != null; each = each.next) {
      if (each.next == waiter) {
        each.next = waiter.next;
        return;
      }
    }
  }
}
