package io.picomux.testkit;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Time that stands still until it is told to jump to the next event, so that minutes of a
 * simulation cost microseconds and every run repeats. Events of the same instant run in the order
 * in which they were scheduled. Not thread-safe.
 */
public final class VirtualClock {
  private record Event(long atNanos, long sequence, Runnable action) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(
          Comparator.comparingLong(Event::atNanos).thenComparingLong(Event::sequence));

  private long nowNanos;
  private long sequence;

  /** Creates a clock at time 0. */
  public VirtualClock() {}

  /** Returns the current time in nanoseconds since the clock was created. */
  public long nowNanos() {
    return nowNanos;
  }

  /**
   * Lets an action run at a time.
   *
   * @param atNanos when; a time that has passed counts as now
   */
  public void at(long atNanos, Runnable action) {
    events.add(new Event(Math.max(atNanos, nowNanos), sequence++, action));
  }

  /**
   * Lets an action run after a delay.
   *
   * @param delayNanos 0 or more
   */
  public void after(long delayNanos, Runnable action) {
    at(later(delayNanos), action);
  }

  /** Returns the time after a delay, or {@link Long#MAX_VALUE} when there is no such time. */
  long later(long delayNanos) {
    return nowNanos + Math.min(delayNanos, Long.MAX_VALUE - nowNanos);
  }

  /** Returns when the next event is due, or {@link Long#MAX_VALUE} when there is none. */
  public long nextEventNanos() {
    Event next = events.peek();
    return next == null ? Long.MAX_VALUE : Math.max(nowNanos, next.atNanos());
  }

  /**
   * Jumps ahead without running what was due in between, as the clock of a machine that slept does:
   * it runs late, in its order.
   *
   * @param nanos how far; 0 or more
   */
  public void jump(long nanos) {
    nowNanos = later(nanos);
  }

  /** Jumps to the next event and runs it; returns false when there is none. */
  public boolean step() {
    Event next = events.poll();
    if (next == null) {
      return false;
    }
    nowNanos = Math.max(nowNanos, next.atNanos());
    next.action().run();
    return true;
  }

  /** Runs every event up to a time, then stands at that time. */
  public void runUntil(long endNanos) {
    while (nextEventNanos() <= endNanos) {
      step();
    }
    nowNanos = Math.max(nowNanos, endNanos);
  }
}
