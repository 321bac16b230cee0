package io.picomux.reliability.attacks;

import io.picomux.core.MuxLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one attack did to one victim. Immutable.
 *
 * @param connections how many the attack used, in all rounds
 * @param sentBytes what it sent
 * @param heldBefore live heap of a Java victim after a full collection, resident memory of another
 * @param heldUnderAttack the most of it at the end of a round, while the attack still stood
 * @param heldAfter the same at the end
 * @param maxResidentBytes the most resident memory at any time
 * @param before the process before the attack
 * @param after the process after it
 * @param mostThreads threads at the end of a round
 * @param mostDescriptors descriptors at the end of a round
 * @param attackCpuNanos processor time of the victim while attacked, its neighbour included
 * @param sinkCpuNanos processor time of the sink's process while it got the same bytes
 * @param keptBytes the neighbour's throughput while attacked, as a share of that beside the sink
 * @param keptRoundTrips the same for round trips
 * @param endings how often attacked sessions ended for which reason
 * @param broken what went wrong so that there are no figures, or null
 */
record SiegeResult(
    Attack attack,
    String victim,
    int rounds,
    int connections,
    long sentBytes,
    long heldBefore,
    long heldUnderAttack,
    long heldAfter,
    long maxResidentBytes,
    ProcessFigures before,
    ProcessFigures after,
    int mostThreads,
    int mostDescriptors,
    long attackCpuNanos,
    long sinkCpuNanos,
    double keptBytes,
    double keptRoundTrips,
    Map<String, Integer> endings,
    @Nullable String broken) {

  /** What the neighbour should keep at least. */
  static final double WANTED_SHARE = 0.9;

  /**
   * What a process may keep for good after its first large attack: segments for the next streams, a
   * sixty-fourth of its heap, and as much as half of that again for tables that have grown; chosen
   * by judgement. Resident memory moves by more than live heap.
   */
  private static final long HEAP_SLACK_BYTES = 3L << 20;

  private static final long RESIDENT_SLACK_BYTES = 16L << 20;

  private boolean isJava() {
    return victim.equals("java");
  }

  /** Returns what a victim may hold for one attacked session, beyond what it held before. */
  long boundBytes() {
    MuxLimits limits = MuxLimits.DEFAULT;
    long control = (2L << 20) + 512L * limits.maxInboundStreams();
    long data =
        switch (attack.holds()) {
          case CONTROL_STATE -> 0;
          case UNREAD_DATA -> limits.receiveBudgetBytes();
          case QUEUED_DATA -> limits.sessionQueueBytes();
        };
    return control + data + (isJava() ? 0 : RESIDENT_SLACK_BYTES);
  }

  /** Returns what did not hold, empty when all did. */
  List<String> failures() {
    if (broken != null) {
      return List.of(broken);
    }
    List<String> failures = new ArrayList<>();
    if (heldUnderAttack - heldBefore > boundBytes()) {
      failures.add("memory");
    }
    if (isJava() && heldAfter - heldBefore > HEAP_SLACK_BYTES) {
      failures.add("memory kept");
    }
    if (after.descriptors() > before.descriptors()) {
      failures.add("descriptors");
    }
    if (isJava() && attack.end() != null && !endings.keySet().contains(attack.end().name())) {
      failures.add("reason");
    }
    if (keptBytes < WANTED_SHARE || keptRoundTrips < WANTED_SHARE) {
      failures.add("neighbour");
    }
    return failures;
  }
}
