package io.picomux.benchmarks.harness;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Lets peers do workloads by turns and tells how far it is. Not thread-safe. */
final class Rounds {
  private final int rounds;
  private final PrintWriter progress;
  private final PrintWriter log;

  /**
   * Takes where to tell of it.
   *
   * @param rounds how often each peer has its turn
   * @param progress hears what is done and the first figure of it
   * @param log gets all figures, a line of JSON for each run
   */
  Rounds(int rounds, PrintWriter progress, PrintWriter log) {
    this.rounds = rounds;
    this.progress = progress;
    this.log = log;
  }

  /** Measures every workload with every peer that is able to do it. */
  List<Measurement> measure(
      List<Workload> workloads, List<PeerCommand> peers, RoundMeasurer measurer)
      throws InterruptedException {
    List<Measurement> measurements = new ArrayList<>();
    for (Workload workload : workloads) {
      List<PeerCommand> able = peers.stream().filter(peer -> peer.isAbleTo(workload)).toList();
      for (int round = 1; round <= rounds; round++) {
        measurer.measure(
            workload,
            Turns.ofRound(able, round),
            round,
            measurement -> {
              measurements.add(measurement);
              tell(workload, measurement);
            });
      }
    }
    return measurements;
  }

  private void tell(Workload workload, Measurement measurement) {
    log.println(measurement.toLine());
    log.flush();
    progress.println(
        workload.label()
            + " round "
            + measurement.round()
            + "/"
            + rounds
            + " "
            + measurement.peer()
            + ": "
            + headline(workload, measurement));
  }

  private static String headline(Workload workload, Measurement measurement) {
    if (measurement.isFailed()) {
      return "failed: " + measurement.json().get("error").getAsString();
    }
    String figure = workload.scenario().figures().getFirst().name();
    return figure + " " + measurement.json().get(figure);
  }
}
