package io.picomux;

import io.picomux.core.CoreStream;
import io.picomux.core.StreamFailure;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a stream: noted under the session's lock, told to the stream after it.
 *
 * @param events the sum of constants of {@link CoreStream}
 */
record StreamEvent(
    MuxStream stream,
    int events,
    @Nullable StreamFailure sendFailure,
    @Nullable StreamFailure receiveFailure) {

  /** Returns what happened to a stream of the core, which forgets it; under the session's lock. */
  static StreamEvent take(CoreStream stream, MuxStream handle) {
    return new StreamEvent(
        handle, stream.takeEvents(), stream.sendFailure(), stream.receiveFailure());
  }

  /**
   * Tells the stream; without any lock. A reader that sees a failure finds the other direction
   * failed as well, and never takes the FIN behind a failure for a clean end.
   */
  void tell() {
    if ((events & CoreStream.EVENT_SEND_FAILED) != 0 && sendFailure != null) {
      stream.output().onFailure(sendFailure);
    }
    if ((events & CoreStream.EVENT_RECEIVE_FAILED) != 0 && receiveFailure != null) {
      stream.input().onFailure(receiveFailure);
    }
    if ((events & CoreStream.EVENT_PEER_FIN) != 0) {
      stream.input().onPeerFin();
    }
  }
}
