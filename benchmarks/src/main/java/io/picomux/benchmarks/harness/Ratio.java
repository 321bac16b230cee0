package io.picomux.benchmarks.harness;

import java.util.List;
import java.util.Locale;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * The ratio of two peers with its 95 % interval.
 *
 * <p>Both are measured in every round, one soon after the other, so what slows the machine for a
 * while slows both and cancels out. The ratio is the geometric mean of the ratios of the rounds;
 * the interval is that of Student's t for the mean of their logarithms. Logarithms, since a ratio
 * of 2 is as far from 1 as one of 1/2.
 *
 * @param low the lower end of the interval; not a number when there are fewer than two rounds
 * @param high the upper end likewise
 */
record Ratio(double mean, double low, double high) {
  private static final double CONFIDENCE = 0.95;

  /**
   * Compares two peers.
   *
   * @param pairs for each round the value of the one peer and that of the other, all above 0
   * @throws IllegalArgumentException when there is no round or a value is not above 0
   */
  static Ratio of(List<Pair> pairs) {
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException("there is no round");
    }
    double[] logs = pairs.stream().mapToDouble(Pair::logRatio).toArray();
    double sum = 0;
    for (double log : logs) {
      sum += log;
    }
    double mean = sum / logs.length;
    if (logs.length == 1) {
      return new Ratio(Math.exp(mean), Double.NaN, Double.NaN);
    }
    double squares = 0;
    for (double log : logs) {
      squares += (log - mean) * (log - mean);
    }
    double standardError = Math.sqrt(squares / (logs.length - 1) / logs.length);
    double quantile =
        TDistribution.of(logs.length - 1).inverseCumulativeProbability((1 + CONFIDENCE) / 2);
    double reach = quantile * standardError;
    return new Ratio(Math.exp(mean), Math.exp(mean - reach), Math.exp(mean + reach));
  }

  boolean hasInterval() {
    return !Double.isNaN(low);
  }

  /** Returns the ratio with its interval, if it has one. */
  @Override
  public String toString() {
    return hasInterval()
        ? String.format(Locale.ROOT, "%.2f [%.2f, %.2f]", mean, low, high)
        : String.format(Locale.ROOT, "%.2f", mean);
  }

  /**
   * One round.
   *
   * @param value the value of the peer that is judged
   * @param reference the value of the one it is compared with
   */
  record Pair(double value, double reference) {
    Pair {
      if (!(value > 0 && reference > 0)) {
        throw new IllegalArgumentException(
            "values are " + value + " and " + reference + ", must be above 0");
      }
    }

    private double logRatio() {
      return Math.log(value / reference);
    }
  }
}
