package io.picomux.benchmarks.link;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.PicoMuxBuilder;
import io.picomux.SessionException;
import io.picomux.core.CoreStats;
import io.picomux.core.MuxLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** All streams of a client in one session of picomux. */
final class MuxLink {

  private static final byte[] NO_METADATA = {};

  /**
   * Live streams that a server of callbacks lets a session have: more than the benchmark with the
   * most streams opens. Otherwise the library's own bound stands.
   */
  private static final int MAX_IDLE_STREAMS = 1 << 20;

  private MuxLink() {}

  /**
   * Serves sessions. Over a socket channel shared selector threads read and whoever has data
   * writes; over the streams of a socket a thread of the session reads and one writes.
   *
   * @param threads make a thread for each stream
   * @param callbacks how sessions are made whose streams are served by callbacks instead, or null
   */
  static Listener listen(
      InetSocketAddress address,
      Sockets sockets,
      ThreadFactory threads,
      @Nullable PicoMuxBuilder callbacks)
      throws IOException {
    ServerSocket server = sockets.server();
    server.bind(address, RawLink.BACKLOG);
    MuxListener listener = new MuxListener(server, threads, callbacks);
    threads.newThread(listener::accept).start();
    return listener;
  }

  private static final class MuxListener implements Listener {
    private final ServerSocket server;
    private final ThreadFactory threads;
    private final boolean callbacks;
    private final PicoMuxBuilder settings;
    private final Set<PicoMux> sessions = ConcurrentHashMap.newKeySet();

    MuxListener(ServerSocket server, ThreadFactory threads, @Nullable PicoMuxBuilder callbacks) {
      this.server = server;
      this.threads = threads;
      this.callbacks = callbacks != null;
      this.settings =
          callbacks == null
              ? PicoMux.builder()
              : callbacks.limits(MuxLimits.builder().maxInboundStreams(MAX_IDLE_STREAMS).build());
    }

    @Override
    public int port() {
      return server.getLocalPort();
    }

    /** A socket that comes from the socket of a channel belongs to a channel as well. */
    void accept() {
      while (!server.isClosed()) {
        try {
          PicoMux session = settings.over(server.accept());
          sessions.add(session);
          if (callbacks) {
            CallbackSessions.serve(session, () -> sessions.remove(session));
          } else {
            threads.newThread(() -> serve(session)).start();
          }
        } catch (IOException e) {
          if (!server.isClosed()) {
            throw new IllegalStateException("cannot accept a connection", e);
          }
        }
      }
    }

    private void serve(PicoMux session) {
      try (session) {
        while (true) {
          MuxPeerStream served = new MuxPeerStream(session.accept());
          threads.newThread(() -> StreamService.serve(served)).start();
        }
      } catch (SessionException e) {
        // The client has closed its session; what went wrong for it, it reports.
      } catch (IOException e) {
        throw new IllegalStateException("cannot accept a stream", e);
      } finally {
        sessions.remove(session);
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
      sessions.forEach(PicoMux::abort);
    }
  }

  static Connection connect(InetSocketAddress address, Sockets sockets) throws IOException {
    return new MuxConnection(PicoMux.over(sockets.connect(address)), address, sockets);
  }

  private record MuxConnection(PicoMux session, InetSocketAddress address, Sockets sockets)
      implements Connection {
    @Override
    public Connection another() throws IOException {
      return connect(address, sockets);
    }

    @Override
    public OptionalDouble meanBodyBytes() {
      CoreStats stats = session.stats().core();
      return stats.framesSent() == 0
          ? OptionalDouble.empty()
          : OptionalDouble.of((double) stats.dataBytesSent() / stats.framesSent());
    }

    @Override
    public PeerStream open() throws IOException {
      return new MuxPeerStream(session.open(NO_METADATA));
    }

    @Override
    public void openIdle(IdleWatch watch) throws IOException {
      MuxStream stream = session.open(NO_METADATA);
      stream.onReadable(new CallbackWatch(stream, watch));
      byte[] request = new Request(Request.Mode.ECHO, 0).encode();
      stream.write(request, 0, request.length);
      stream.write(new byte[1], 0, 1);
    }

    @Override
    public void close() {
      session.close();
    }
  }

  private record MuxPeerStream(MuxStream stream) implements PeerStream {
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return stream.read(target, offset, length);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      stream.write(source, offset, length);
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}
