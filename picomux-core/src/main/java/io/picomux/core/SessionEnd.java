package io.picomux.core;

/** Why a session ended. */
public enum SessionEnd {
  /** This side closed it. */
  CLOSED,
  /** This side aborted it; what was under way is lost. */
  ABORTED,
  /** The transport ended between two frames while no stream was open: the peer has closed. */
  PEER_CLOSED,
  /** The transport ended inside a frame or while streams were open: data may be missing. */
  TRUNCATED,
  /** The peer has been silent for longer than the liveness timeout. */
  TIMED_OUT,
  /** The peer broke the protocol; the message names the frame, the stream and both numbers. */
  PROTOCOL_VIOLATION,
  /**
   * All sessions of the process together held too much memory for what was not read or not sent
   * yet, and this one held most of it; what it held is lost.
   */
  OVERLOADED,
  /** Reading from or writing to the transport failed; the cause is the transport's own. */
  TRANSPORT_FAILED,
  /**
   * A defect of this library or an {@link Error} such as a lack of memory; the cause says which.
   */
  INTERNAL_ERROR
}
