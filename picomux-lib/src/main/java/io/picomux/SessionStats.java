package io.picomux;

import io.picomux.core.CoreStats;
import java.util.List;

/**
 * A snapshot of the figures of one session.
 *
 * @param core what the protocol has counted
 * @param queuedBytes memory allocated for what all streams have written and what waits for credit
 *     or for the transport
 * @param undeliveredBytes bytes that streams had accepted and could not deliver; those of streams
 *     that were reset on this side do not count
 * @param streams the figures of each live stream
 */
public record SessionStats(
    CoreStats core, long queuedBytes, long undeliveredBytes, List<StreamStats> streams) {
  /** Copies the list. */
  public SessionStats {
    streams = List.copyOf(streams);
  }
}
