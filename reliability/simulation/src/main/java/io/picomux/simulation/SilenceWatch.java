package io.picomux.simulation;

import java.util.ArrayList;
import java.util.List;

/** How long one end of a session has heard nothing, though it listened. Not thread-safe. */
final class SilenceWatch {
  private record Absence(long fromNanos, long untilNanos) {
    long within(long from, long until) {
      return Math.max(0, Math.min(until, untilNanos) - Math.max(from, fromNanos));
    }
  }

  private final List<Absence> absences = new ArrayList<>();
  private long heardBytes;
  private long heardNanos;
  private long endNanos = -1;
  private long timeoutNanos;

  SilenceWatch(long nowNanos) {
    heardNanos = nowNanos;
  }

  /** Sets for how long silence is borne. */
  void setTimeout(long nanos) {
    if (endNanos < 0) {
      timeoutNanos = nanos;
    }
  }

  /** Returns for how long silence was borne when the session was over. */
  long timeoutNanos() {
    return timeoutNanos;
  }

  /** Nobody listens for a while: the process stands still, or the machine sleeps. */
  void absent(long fromNanos, long untilNanos) {
    absences.add(new Absence(fromNanos, untilNanos));
  }

  /** Returns whether the process of this end stands still, or goes on at this moment. */
  boolean isAbsent(long nowNanos) {
    return absences.stream()
        .anyMatch(each -> each.fromNanos() <= nowNanos && nowNanos <= each.untilNanos());
  }

  void look(long nowNanos, long deliveredBytes, boolean alive) {
    if (endNanos < 0) {
      if (!alive) {
        endNanos = nowNanos;
      } else if (deliveredBytes > heardBytes) {
        heardBytes = deliveredBytes;
        heardNanos = nowNanos;
      }
    }
  }

  /** Returns when the session was over at this end, or -1. */
  long endNanos() {
    return endNanos;
  }

  /** Returns when the last byte came before that. */
  long heardNanos() {
    return heardNanos;
  }

  /** Returns for how long nothing had come when the session was over, absence not counted. */
  long silenceNanos() {
    long absent = absences.stream().mapToLong(each -> each.within(heardNanos, endNanos)).sum();
    return endNanos - heardNanos - absent;
  }

  /** Returns how many absences fall into that time. */
  long absencesInSilence() {
    return absences.stream().filter(each -> each.within(heardNanos, endNanos) > 0).count();
  }
}
