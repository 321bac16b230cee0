package io.picomux.reliability.faults.soak;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * A straight line through samples: how much a figure grows in an hour. Neighbouring samples
 * resemble each other, which would make the interval too narrow; so the line goes through the means
 * of {@value #BLOCKS} blocks of them.
 *
 * @param perHour the slope
 * @param low lower end of its 95 % interval
 * @param high upper end of its 95 % interval
 */
record Trend(double perHour, double low, double high) {
  private static final int BLOCKS = 12;
  private static final double CONFIDENCE = 0.95;
  private static final double HOUR_SECONDS = 3600;

  /** One sample of a figure. */
  record Point(double seconds, double value) {}

  /** Fits the line; with less than three samples it says nothing: the interval has no ends. */
  static Trend of(List<Point> points) {
    List<Point> means = blockMeans(points);
    int n = means.size();
    if (n < 3) {
      return new Trend(0, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }
    double meanX = means.stream().mapToDouble(Point::seconds).average().orElseThrow();
    double meanY = means.stream().mapToDouble(Point::value).average().orElseThrow();
    double sxx = 0;
    double sxy = 0;
    for (Point p : means) {
      sxx += (p.seconds() - meanX) * (p.seconds() - meanX);
      sxy += (p.seconds() - meanX) * (p.value() - meanY);
    }
    double slope = sxy / sxx;
    double residuals = 0;
    for (Point p : means) {
      double residual = p.value() - meanY - slope * (p.seconds() - meanX);
      residuals += residual * residual;
    }
    double halfWidth =
        TDistribution.of(n - 2).inverseCumulativeProbability((1 + CONFIDENCE) / 2)
            * Math.sqrt(residuals / (n - 2) / sxx);
    return new Trend(
        slope * HOUR_SECONDS,
        (slope - halfWidth) * HOUR_SECONDS,
        (slope + halfWidth) * HOUR_SECONDS);
  }

  private static List<Point> blockMeans(List<Point> points) {
    if (points.size() < 2 * BLOCKS) {
      return points;
    }
    List<Point> means = new ArrayList<>();
    for (int block = 0; block < BLOCKS; block++) {
      List<Point> part =
          points.subList(block * points.size() / BLOCKS, (block + 1) * points.size() / BLOCKS);
      means.add(
          new Point(
              part.stream().mapToDouble(Point::seconds).average().orElseThrow(),
              part.stream().mapToDouble(Point::value).average().orElseThrow()));
    }
    return means;
  }

  /** Returns whether the figure grows for certain by more than so much an hour. */
  boolean growsFasterThan(double allowedPerHour) {
    return low > allowedPerHour;
  }
}
