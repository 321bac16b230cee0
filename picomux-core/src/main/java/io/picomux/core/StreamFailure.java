package io.picomux.core;

/** Why a stream, or one direction of it, ended before its time. */
public enum StreamFailure {
  /** The stream was closed or reset on this side; do not use it any more. */
  CLOSED,
  /** The peer closed both directions, so nothing more can be sent; what it had sent can be read. */
  PEER_CLOSED,
  /**
   * The peer had no room for the stream: too many streams, too many that wait to be accepted, or no
   * memory. Try again later, or raise its limits. Only Java peers say so; others just end the
   * stream.
   */
  REFUSED,
  /**
   * The peer dropped the stream before its end: data may be missing. Only Java peers say so; others
   * just end the stream.
   */
  RESET,
  /**
   * The peer has finished and granted no credit for longer than {@link MuxLimits#peerGoneNanos()}:
   * it has most likely dropped the stream, which looks like a half-close on the wire.
   */
  PEER_GONE,
  /**
   * The receive budget of the session was full and this stream held most of it: read faster, or
   * give the session a larger budget.
   */
  RECEIVE_BUDGET,
  /**
   * Bytes accepted before close() could not be handed to the peer within {@link
   * MuxLimits#closeLingerNanos()}.
   */
  LINGER_EXPIRED,
  /** The whole session ended; its own cause says why. */
  SESSION_ENDED
}
