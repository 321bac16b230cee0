package io.picomux.benchmarks.harness;

import java.time.Duration;
import java.util.Collection;

/**
 * How peers that are all alive at once run by turns.
 *
 * @param warmupOfJvm how long a peer that is compiled while it runs moves bytes before its turns
 * @param warmupOfOthers how long another one does
 * @param settling how long it runs in each turn before the clock starts
 * @param measured how long it runs then
 * @param turns how many turns each has in a round
 */
record SteadyPlan(
    Duration warmupOfJvm,
    Duration warmupOfOthers,
    Duration settling,
    Duration measured,
    int turns) {

  /**
   * All chosen by judgement. JVMs have compiled what bulk needs after some 5 s; the windows of
   * others have grown after some tenths of a second. Processes that went on fill their caches and
   * their streams within some milliseconds. A turn is short against the phases of some seconds in
   * which a shared machine is slower, and long against the milliseconds that signals take.
   */
  static final SteadyPlan USUAL =
      new SteadyPlan(
          Duration.ofSeconds(6),
          Duration.ofSeconds(1),
          Duration.ofMillis(80),
          Duration.ofMillis(300),
          10);

  Duration warmup(PeerCommand peer) {
    boolean isJvm =
        peer.abilities().contains(Ability.JVM) || peer.serving().abilities().contains(Ability.JVM);
    return isJvm ? warmupOfJvm : warmupOfOthers;
  }

  /** Returns how long a round of these peers takes, without their starts. */
  Duration round(Collection<PeerCommand> peers) {
    Duration turnsOfOne = settling.plus(measured).multipliedBy(turns);
    return peers.stream()
        .map(peer -> warmup(peer).plus(turnsOfOne))
        .reduce(Duration.ZERO, Duration::plus);
  }
}
