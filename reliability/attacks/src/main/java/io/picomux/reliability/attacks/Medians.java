package io.picomux.reliability.attacks;

import java.util.List;

/** The middle of a few figures. */
final class Medians {
  private Medians() {}

  /** Returns the median, the mean of the two in the middle when their number is even, else NaN. */
  static double of(List<Double> figures) {
    if (figures.isEmpty()) {
      return Double.NaN;
    }
    double[] sorted = figures.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
