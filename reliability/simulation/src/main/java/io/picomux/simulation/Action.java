package io.picomux.simulation;

/** What a {@link Step} does at its end; "amount" and "detail" are those of the step. */
enum Action {
  /** Opens the stream. */
  OPEN,
  /** Writes so many bytes more, in pieces of at most "detail" bytes. */
  WRITE,
  /** Ends the direction behind what was written. */
  FINISH,
  /** The same, without the leave to hold the end back. */
  FINISH_NOW,
  /** Stops reading the stream. */
  PAUSE,
  /** Reads the stream again. */
  RESUME,
  /** Closes the stream; what was not accepted yet is not written. */
  CLOSE,
  /** Drops the stream. */
  RESET,
  /** Stops taking streams that the peer opens. */
  STOP_ACCEPTING,
  /** Takes them again. */
  ACCEPT,
  /** Asks for a PING. */
  PING,
  /** Switches debloat on when the amount is 1, off when it is 0. */
  DEBLOAT,
  /** Sets the PING interval to so many milliseconds, and the timeout to "detail". */
  LIVENESS,
  /** Closes the session. */
  CLOSE_SESSION,
  /** Drains the session for so many milliseconds. */
  DRAIN_SESSION,
  /** Ends the session at once. */
  ABORT_SESSION,
  /** Lets nothing leave this end for so many milliseconds. */
  STALL,
  /** Lets everything that this end sends vanish. */
  SILENCE,
  /** Lets the process of this end stand still for so many milliseconds. */
  SUSPEND,
  /** Lets the clock of the whole world jump by so many milliseconds. */
  JUMP,
  /** Breaks the transport; both ends get an error. */
  CUT,
  /** Ends the transport; both ends read an end. */
  TRUNCATE
}
