package io.picomux;

import io.picomux.core.Command;

/**
 * Is told of every frame of a session, for logs. Called by the threads that move the bytes, one
 * call at a time for each direction: it must be quick, must not block and must not call the
 * session.
 */
@FunctionalInterface
public interface FrameListener {
  /**
   * A frame was decoded, or is about to be written.
   *
   * @param outgoing whether this side sends it
   * @param command what it is
   * @param streamId its stream, an unsigned number; 0 for PING and PONG
   * @param bodyBytes the length of its body, 0 to 65,535
   */
  void onFrame(boolean outgoing, Command command, int streamId, int bodyBytes);
}
