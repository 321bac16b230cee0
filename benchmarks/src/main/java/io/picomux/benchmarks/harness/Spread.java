package io.picomux.benchmarks.harness;

import java.util.Arrays;
import java.util.Collection;

/**
 * The middle and the ends of some values.
 *
 * @param median the middle one, or the mean of the two in the middle
 */
record Spread(double median, double min, double max) {

  /**
   * Looks at values.
   *
   * @throws IllegalArgumentException when there is none
   */
  static Spread of(Collection<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (sorted.length == 0) {
      throw new IllegalArgumentException("there is no value");
    }
    int half = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[half] : Arrays.stream(sorted, half - 1, half + 1).sum() / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }
}
