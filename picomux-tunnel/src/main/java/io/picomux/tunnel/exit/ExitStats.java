package io.picomux.tunnel.exit;

import io.picomux.tunnel.TrafficCounters.Traffic;
import java.util.Map;

/**
 * What an exit has done so far, as of one moment.
 *
 * @param liveSessions sessions that are being served
 * @param totalSessions sessions served so far, the live ones among them
 * @param traffic streams that were asked for, whether connected or refused, and their bytes
 * @param refusals streams that were refused, by reason; a reason that never came is absent
 */
public record ExitStats(
    long liveSessions, long totalSessions, Traffic traffic, Map<Refusal, Long> refusals) {

  /** Copies what is given. */
  public ExitStats {
    refusals = Map.copyOf(refusals);
  }
}
