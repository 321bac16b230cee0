package io.picomux.core;

import java.io.Serial;
import java.util.Objects;

/**
 * Tells that the peer broke the protocol. The session cannot go on.
 *
 * <p>The message names the frame, the stream and both numbers: what came and what is allowed.
 */
public final class ProtocolViolationException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final Violation violation;
  private final int streamId;

  /**
   * Creates the exception.
   *
   * @param violation what was broken
   * @param streamId the stream of the frame, 0 for a frame that belongs to none
   * @param message what came and what is allowed, in one line
   */
  public ProtocolViolationException(Violation violation, int streamId, String message) {
    super(message);
    this.violation = Objects.requireNonNull(violation);
    this.streamId = streamId;
  }

  /** Returns what was broken. */
  public Violation violation() {
    return violation;
  }

  /**
   * Returns the stream of the offending frame (an unsigned number), 0 for a frame that belongs to
   * none.
   */
  public int streamId() {
    return streamId;
  }
}
