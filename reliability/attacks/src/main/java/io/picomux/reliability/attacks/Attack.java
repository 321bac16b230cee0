package io.picomux.reliability.attacks;

import io.picomux.core.Violation;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@link AttackCatalogue}. Immutable.
 *
 * @param row its row in the table of attacks
 * @param name what tests and the command line call it
 * @param summary what the peer does
 * @param holds what the peer may make the victim hold
 * @param end the violation with which the victim ends the session, or null when it goes on
 * @param play the attack itself, on one connection
 */
public record Attack(
    int row, String name, String summary, Holds holds, @Nullable Violation end, Play play) {

  /** What a peer may make a victim hold, beside half a KiB for each live stream. */
  public enum Holds {
    /** Control state: 2 MiB. */
    CONTROL_STATE,
    /** The receive budget and control state. */
    UNREAD_DATA,
    /** What a session may queue for sending and control state, beside the application's buffers. */
    QUEUED_DATA
  }

  /** What a hostile peer does on one connection. */
  @FunctionalInterface
  public interface Play {
    /**
     * Attacks until the peer may not go on, or all is done. Leaves the connection open.
     *
     * @throws IOException usually because the victim has ended the session
     */
    void on(HostilePeer peer) throws IOException, InterruptedException;
  }
}
