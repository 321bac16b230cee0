package io.picomux.benchmarks.harness;

import java.util.List;
import java.util.function.Consumer;

/**
 * Keeps all peers of a round alive at once and lets them run by turns of a fraction of a second, so
 * that phases in which the machine is slow meet all of them alike.
 */
final class SteadyMeasurer implements RoundMeasurer {
  /** So often a peer may take what one run may: to listen, and to move its first bytes. */
  private static final int LIMITS_OF_A_PEER = 2;

  private final SteadyPlan plan;
  private final long limitSeconds;
  private final boolean hasOwnLoopback;

  /**
   * Makes a measurer on loopback.
   *
   * @param limitSeconds how long a peer may take until bytes flow
   * @param hasOwnLoopback whether each peer has a loopback interface for itself; else what others
   *     send over the common one counts too
   */
  SteadyMeasurer(SteadyPlan plan, long limitSeconds, boolean hasOwnLoopback) {
    this.plan = plan;
    this.limitSeconds = limitSeconds;
    this.hasOwnLoopback = hasOwnLoopback;
  }

  /**
   * Makes sure that the system can do it.
   *
   * @throws IllegalArgumentException when it cannot; the message names the workload
   */
  static void requireSystem(Workload workload, LoopbackCounter counter) {
    if (workload.scenario().isSteady() && !counter.isThere()) {
      throw new IllegalArgumentException(
          "scenario is '"
              + workload.label()
              + "', which needs Linux: it counts the bytes by /proc/net/dev");
    }
  }

  @Override
  public void measure(
      Workload workload, List<PeerCommand> peers, int round, Consumer<Measurement> measured)
      throws InterruptedException {
    List<SteadyContender> contenders =
        peers.stream()
            .map(peer -> new SteadyContender(workload, peer, round, plan, hasOwnLoopback))
            .toList();
    try {
      long clientLimitSeconds = clientLimitSeconds(peers);
      for (SteadyContender contender : contenders) {
        contender.warmUp(limitSeconds, clientLimitSeconds);
      }
      for (int turn = 1; turn <= plan.turns(); turn++) {
        for (SteadyContender contender : Turns.thereAndBack(contenders, turn)) {
          contender.takeTurn();
        }
      }
    } finally {
      contenders.forEach(SteadyContender::close);
    }
    contenders.forEach(contender -> measured.accept(contender.measurement()));
  }

  /** Returns a time that no round takes, each peer taking as long as it may. */
  private long clientLimitSeconds(List<PeerCommand> peers) {
    return LIMITS_OF_A_PEER * limitSeconds * (1 + peers.size()) + plan.round(peers).toSeconds();
  }
}
