package io.picomux.core;

/**
 * What FIN means in a session. Crates up to 0.2 close both directions with it, 0.3 and later one.
 */
public enum FinMode {
  /**
   * Half-close when the peer has offered or proven it. Until then our FIN is held back after {@code
   * shutdownOutput()} until the other direction ends or {@link MuxLimits#finHoldNanos()} has
   * passed, so that a peer that takes it as the end of both directions does not lose its answer.
   */
  AUTO,
  /** FIN ends one direction and is sent at once. */
  HALF_CLOSE,
  /** FIN ends both directions: after the peer's FIN nothing can be sent. */
  FULL_CLOSE
}
