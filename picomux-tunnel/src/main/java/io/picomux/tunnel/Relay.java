package io.picomux.tunnel;

import io.picomux.Duplex;
import io.picomux.MuxStream;
import io.picomux.Splice;
import java.io.IOException;
import java.net.Socket;

/** Moves bytes between a client's connection and the stream that was opened for it. */
final class Relay {

  private Relay() {}

  /**
   * Moves bytes until both directions have ended, and counts them; closes both ends.
   *
   * @param first bytes that have been read from the socket already
   * @throws IOException what cut the exchange short
   */
  static void relay(MuxStream stream, Socket socket, byte[] first, TrafficCounters traffic)
      throws IOException {
    traffic.streamOpened();
    boolean done = false;
    try {
      stream.write(first, 0, first.length);
      traffic.addUp(first.length);
      Splice.Result result =
          Splice.pipe(Duplex.of(socket), Duplex.of(stream), traffic::addUp, traffic::addDown);
      if (result.failure().isPresent()) {
        throw result.failure().get();
      }
      done = true;
    } finally {
      if (!done) {
        stream.reset();
      }
      traffic.streamEnded();
    }
  }
}
