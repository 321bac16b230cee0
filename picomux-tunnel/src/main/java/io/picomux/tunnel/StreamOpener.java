package io.picomux.tunnel;

import io.picomux.MuxStream;
import java.io.IOException;

/** Opens streams to destinations through a tunnel. Safe for concurrent use. */
@FunctionalInterface
public interface StreamOpener {

  /**
   * Opens a stream to {@code destination}; may wait for a session, for a bounded time.
   *
   * <p>The protocol has no acknowledgement: the stream is there before the exit has dialled, and
   * when the exit cannot dial, or will not, the stream is reset, or ends without data when the exit
   * is no Java peer.
   *
   * @throws IOException when there is no session in time
   */
  MuxStream open(Destination destination) throws IOException;
}
