package io.picomux.tunnel.exit;

import io.picomux.FrameListener;
import io.picomux.PicoMux;
import io.picomux.PicoMuxBuilder;
import io.picomux.PicoMuxServer;
import io.picomux.core.MuxLimits;
import io.picomux.tunnel.Destination;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Exit} that listens for sessions at a TCP address.
 *
 * <p>Nothing authenticates or encrypts the sessions: whoever reaches the address can use the exit,
 * so bind it to the loopback interface or to a network that is private for other reasons. Safe for
 * concurrent use.
 */
public final class ExitServer implements AutoCloseable {

  /** Streams at once in one session (chosen by judgement: a browser with many tabs needs 300). */
  public static final int MAX_STREAMS_PER_SESSION = 1024;

  /**
   * How long a writer waits for credit from an opener that has ended its direction: shorter than
   * the library's, since a proxy's streams are many and a browser drops them without a word.
   */
  public static final Duration PEER_GONE = Duration.ofSeconds(10);

  private final Exit exit;
  private final PicoMuxServer server;

  private ExitServer(Exit exit, PicoMuxServer server) {
    this.exit = exit;
    this.server = server;
  }

  /**
   * Listens at {@code address} with the limits of a tunnel.
   *
   * @param exit serves the sessions; closed together with this server
   * @throws IOException when the address cannot be listened at
   */
  public static ExitServer listen(SocketAddress address, Exit exit) throws IOException {
    return listen(address, exit, null);
  }

  /**
   * As {@link #listen(SocketAddress, Exit)}, and tells {@code frames} of every frame.
   *
   * @param frames is told of the frames of all sessions; null for none
   */
  public static ExitServer listen(SocketAddress address, Exit exit, @Nullable FrameListener frames)
      throws IOException {
    PicoMuxBuilder sessions = PicoMux.builder().limits(tunnelLimits()).frameListener(frames);
    return new ExitServer(exit, PicoMuxServer.builder().sessions(sessions).listen(address, exit));
  }

  /** The limits of a session that is a tunnel, at the side that accepts streams. */
  public static MuxLimits tunnelLimits() {
    return MuxLimits.DEFAULT.toBuilder()
        .maxInboundStreams(MAX_STREAMS_PER_SESSION)
        .acceptQueueStreams(MAX_STREAMS_PER_SESSION)
        .maxInboundMetadataBytes(Destination.MAX_METADATA_BYTES)
        .peerGoneNanos(PEER_GONE.toNanos())
        .build();
  }

  /** The address that is listened at, with the port that the system chose for port 0. */
  public SocketAddress localAddress() {
    return server.localAddress();
  }

  /** The sessions that are being served. */
  public Collection<PicoMux> sessions() {
    return server.sessions();
  }

  /** What the exit has done so far. */
  public ExitStats stats() {
    return exit.stats();
  }

  /** Resets the streams that are being served, stops listening and closes the sessions. */
  @Override
  public void close() {
    exit.close();
    server.close();
  }
}
