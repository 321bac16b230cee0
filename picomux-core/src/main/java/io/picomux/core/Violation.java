package io.picomux.core;

/** A way in which a peer can break the protocol. Each one ends the session. */
public enum Violation {
  /** A header's version is not 1: the byte stream is out of step or not picomux at all. */
  BAD_VERSION,
  /** A header's command is none of the seven. */
  UNKNOWN_COMMAND,
  /** The body of a MORE is not two bytes long. */
  BAD_MORE_LENGTH,
  /** The credit of a stream rose above the limit that no honest peer comes near. */
  CREDIT_OVERFLOW,
  /** More MORE frames came than any use of the streams can explain. */
  MORE_FLOOD,
  /** A data frame came without credit for it. */
  WINDOW_OVERRUN,
  /** A SYN came for a stream that is open. */
  DUPLICATE_SYN,
  /** The body of a PING is one that the crate's JSON parser refuses. */
  BAD_PING_BODY,
  /** The peer asks for PONGs faster than it reads them. */
  PING_FLOOD,
  /** The peer opens streams that are refused faster than it reads the refusals. */
  REFUSAL_FLOOD,
  /** Too many data frames without data on one stream. */
  EMPTY_FRAME_FLOOD,
  /**
   * Too many frames that mean nothing: NOP, PONG without a PING, or a stream id that was never
   * used.
   */
  NOISE_FLOOD,
  /** The receive budget was filled with bodies larger than the crate ever sends. */
  OVERSIZED_BODIES
}
