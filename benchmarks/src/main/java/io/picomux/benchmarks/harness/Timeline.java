package io.picomux.benchmarks.harness;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** An amount that only grows, as it was at some moments of the wall clock. Not thread-safe. */
final class Timeline {
  private final NavigableMap<Long, Double> amountByEpochMillis = new TreeMap<>();

  /** Adds a moment; times may only grow. */
  void add(long epochMillis, double amount) {
    amountByEpochMillis.put(epochMillis, amount);
  }

  boolean isEmpty() {
    return amountByEpochMillis.isEmpty();
  }

  /**
   * Returns the growth between two moments, as if it had been even between two samples. Before the
   * first sample and after the last there is none.
   *
   * @throws IllegalStateException when there is no sample
   */
  double growth(long fromEpochMillis, long toEpochMillis) {
    return at(toEpochMillis) - at(fromEpochMillis);
  }

  private double at(long epochMillis) {
    if (isEmpty()) {
      throw new IllegalStateException("no sample was taken");
    }
    Map.Entry<Long, Double> before = amountByEpochMillis.floorEntry(epochMillis);
    Map.Entry<Long, Double> after = amountByEpochMillis.ceilingEntry(epochMillis);
    if (before == null) {
      return amountByEpochMillis.firstEntry().getValue();
    }
    if (after == null || after.getKey().equals(before.getKey())) {
      return before.getValue();
    }
    double share = (double) (epochMillis - before.getKey()) / (after.getKey() - before.getKey());
    return before.getValue() + share * (after.getValue() - before.getValue());
  }
}
