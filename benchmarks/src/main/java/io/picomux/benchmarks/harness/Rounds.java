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

  /** One turn of one peer. */
  interface Turn {
    /** Measures; a run that fails is a measurement too. */
    Measurement measure(Workload workload, PeerCommand peer, int round) throws InterruptedException;
  }

  /** Measures every workload with every peer that is able to do it. */
  List<Measurement> measure(List<Workload> workloads, List<PeerCommand> peers, Turn turn)
      throws InterruptedException {
    List<Measurement> measurements = new ArrayList<>();
    for (Workload workload : workloads) {
      List<PeerCommand> able = peers.stream().filter(peer -> peer.isAbleTo(workload)).toList();
      for (int round = 1; round <= rounds; round++) {
        for (PeerCommand peer : Turns.ofRound(able, round)) {
          Measurement measurement = turn.measure(workload, peer, round);
          measurements.add(measurement);
          log.println(measurement.toLine());
          log.flush();
          progress.println(
              workload.label()
                  + " round "
                  + round
                  + "/"
                  + rounds
                  + " "
                  + peer.name()
                  + ": "
                  + headline(workload, measurement));
        }
      }
    }
    return measurements;
  }

  private static String headline(Workload workload, Measurement measurement) {
    if (measurement.isFailed()) {
      return "failed: " + measurement.json().get("error").getAsString();
    }
    String figure = workload.scenario().figures().getFirst().name();
    return figure + " " + measurement.json().get(figure);
  }
}
