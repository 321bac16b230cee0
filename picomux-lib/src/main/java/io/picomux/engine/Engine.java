package io.picomux.engine;

import io.picomux.core.WireFormat;
import java.nio.ByteBuffer;

/**
 * A session as its {@link EngineHost} sees it: what a driver calls. The host calls from one thread,
 * and never from within a call of {@link #fill}.
 */
public interface Engine {
  /** What the target of {@link #fill} has room for beyond the wanted bytes: the longest frame. */
  int LONGEST_FRAME_BYTES = WireFormat.HEADER_BYTES + WireFormat.MAX_BODY_BYTES;

  /** Bytes of the peer have come. */
  void onInput(ByteBuffer source);

  /** The peer has ended its direction of the transport. */
  void onInputEnd();

  /**
   * Encodes frames that are to be written.
   *
   * @param wantedBytes no further frame is begun once this much is encoded
   */
  void fill(ByteBuffer target, int wantedBytes);

  /** Everything that {@link #fill} had is written. */
  void onDrained();

  /** The time of {@link EngineHost#setDeadline} has come. */
  void onDeadline();

  /** The transport is broken. */
  void onTransportFailure(Throwable cause);
}
