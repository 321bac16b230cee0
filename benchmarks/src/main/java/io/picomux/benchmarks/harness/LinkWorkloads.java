package io.picomux.benchmarks.harness;

import java.util.List;
import java.util.OptionalLong;

/**
 * How much is done over a long link, so that it takes a few seconds on a slow one as well as on a
 * fast one.
 *
 * @param bulkSeconds how long a bulk transfer takes at the rate of the link
 * @param isShort whether little is done
 */
record LinkWorkloads(double bulkSeconds, boolean isShort) {

  /** How long round trips on the idle link take all together; chosen by judgement. */
  private static final double IDLE_MILLIS = 4000;

  /** Round trips that a median needs at least; chosen by judgement. */
  private static final long LEAST_TRIPS = 20;

  /** Round trips beside bulk: the 99th percentile is then the slowest but one. */
  private static final long LOADED_TRIPS = 100;

  private static final long LOADED_TRIPS_IN_SHORT = 40;

  private static final long BITS_PER_BYTE = 8;

  /**
   * Reads a scenario, without an amount.
   *
   * @throws IllegalArgumentException when there is none, or it is not one for long links
   */
  static Workload parse(String label) {
    Workload workload = Workload.parse(label, false, OptionalLong.empty());
    if (workload.scenario().isSteady()) {
      throw new IllegalArgumentException(
          "scenario is '" + label + "', which is measured on loopback only");
    }
    return workload;
  }

  List<Workload> of(List<String> labels, LongLink link) {
    return labels.stream()
        .map(LinkWorkloads::parse)
        .map(workload ->
            new Workload(
                workload.scenario(),
                workload.width(),
                amount(
                    workload.scenario(),
                    link.bitsPerSecond(workload.scenario()),
                    link.roundTripMillis())))
        .toList();
  }

  /** Returns the amount of a scenario, in its unit. */
  long amount(ScenarioKind scenario, long bitsPerSecond, double roundTripMillis) {
    long trips = Math.max(LEAST_TRIPS, Math.round(IDLE_MILLIS / Math.max(1, roundTripMillis)));
    return switch (scenario) {
      case UP, DOWN, STEADY_UP, STEADY_DOWN, SMALL ->
          Math.round(bitsPerSecond * bulkSeconds / BITS_PER_BYTE);
      case LOADED, LOADED_DOWN -> isShort ? LOADED_TRIPS_IN_SHORT : LOADED_TRIPS;
      case PINGPONG -> trips;
      case RR, OPEN, IDLE, SESSIONS -> trips * parse(scenario.word()).width();
    };
  }
}
