package io.picomux.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** When something kept the bytes of a session from getting through. Not thread-safe. */
final class Blockages {
  private record Blockage(Hop hop, long fromNanos, long untilNanos) {}

  private final List<Blockage> all = new ArrayList<>();

  void add(Hop hop, long fromNanos, long untilNanos) {
    all.add(new Blockage(hop, fromNanos, untilNanos));
    all.sort(Comparator.comparingLong(Blockage::fromNanos));
  }

  /** Returns how much of a time a session was blocked. */
  long nanosWithin(Hop hop, long fromNanos, long untilNanos) {
    long sum = 0;
    long counted = fromNanos;
    for (Blockage each : all) {
      if (each.hop().equals(hop)) {
        long from = Math.max(counted, each.fromNanos());
        long until = Math.min(untilNanos, each.untilNanos());
        sum += Math.max(0, until - from);
        counted = Math.max(counted, until);
      }
    }
    return sum;
  }
}
