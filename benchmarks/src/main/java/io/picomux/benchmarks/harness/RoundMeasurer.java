package io.picomux.benchmarks.harness;

import java.util.List;
import java.util.function.Consumer;

/** Measures peers in one round. */
interface RoundMeasurer {

  /**
   * Measures every peer once; a run that fails is a measurement too.
   *
   * @param peers in the order of their turns
   * @param measured hears of each measurement
   */
  void measure(
      Workload workload, List<PeerCommand> peers, int round, Consumer<Measurement> measured)
      throws InterruptedException;

  /** One run of one peer. */
  interface Run {
    /** Measures; a run that fails is a measurement too. */
    Measurement measure(Workload workload, PeerCommand peer, int round) throws InterruptedException;
  }

  /** Returns one that lets each peer do all of its work before the next one begins. */
  static RoundMeasurer oneAfterTheOther(Run run) {
    return (workload, peers, round, measured) -> {
      for (PeerCommand peer : peers) {
        measured.accept(run.measure(workload, peer, round));
      }
    };
  }
}
