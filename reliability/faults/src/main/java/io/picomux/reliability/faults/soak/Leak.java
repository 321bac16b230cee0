package io.picomux.reliability.faults.soak;

import java.util.List;
import java.util.Locale;

/**
 * A figure that must not grow, and how fast it may seem to: what an hour of the load does to it is
 * thousands of sessions and a million streams, so that a byte that each of them left behind would
 * show.
 */
enum Leak {
  LIVE_HEAP("live heap", "MB", 1e6),
  THREADS("threads", "", 1),
  DESCRIPTORS("descriptors", "", 2),
  DIRECT_MEMORY("direct memory", "MB", 1e6);

  private final String title;
  private final String unit;
  private final double allowedPerHour;

  Leak(String title, String unit, double allowedPerHour) {
    this.title = title;
    this.unit = unit;
    this.allowedPerHour = allowedPerHour;
  }

  private double of(Figures figures) {
    return switch (this) {
      case LIVE_HEAP -> figures.liveHeapBytes();
      case THREADS -> figures.threads();
      case DESCRIPTORS -> figures.descriptors();
      case DIRECT_MEMORY -> figures.directBytes();
    };
  }

  String title() {
    return title;
  }

  /** Returns the figure as the picture shows it. */
  double shown(Figures figures) {
    return of(figures) / scale();
  }

  /** Fits the second half: the first one fills pools and compiles code. */
  Trend trend(List<Figures> samples) {
    return Trend.of(
        samples.subList(samples.size() / 2, samples.size()).stream()
            .map(f -> new Trend.Point(f.seconds(), of(f)))
            .toList());
  }

  boolean isIn(Trend trend) {
    return trend.growsFasterThan(allowedPerHour);
  }

  String describe(Trend trend) {
    return String.format(
        Locale.ROOT,
        "%+.2f [%+.2f, %+.2f] %s/h (a leak above %.0f)",
        trend.perHour() / scale(),
        trend.low() / scale(),
        trend.high() / scale(),
        unit,
        allowedPerHour / scale());
  }

  private double scale() {
    return unit.equals("MB") ? 1e6 : 1;
  }
}
