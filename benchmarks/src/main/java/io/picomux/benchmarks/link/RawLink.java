package io.picomux.benchmarks.link;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;

/**
 * One TCP connection, with TLS or without, for each stream, a blocking thread for each end: what
 * picomux is held to.
 */
final class RawLink {

  /** Connections that may wait to be accepted: more than any scenario opens at once. */
  static final int BACKLOG = 4096;

  private RawLink() {}

  static Listener listen(InetSocketAddress address, Sockets sockets, ThreadFactory threads)
      throws IOException {
    ServerSocket server = sockets.server();
    server.bind(address, BACKLOG);
    threads.newThread(() -> accept(server, threads)).start();
    return new Listener() {
      @Override
      public int port() {
        return server.getLocalPort();
      }

      @Override
      public void close() throws IOException {
        server.close();
      }
    };
  }

  private static void accept(ServerSocket server, ThreadFactory threads) {
    while (!server.isClosed()) {
      try {
        RawStream stream = new RawStream(server.accept());
        threads.newThread(() -> StreamService.serve(stream)).start();
      } catch (IOException e) {
        if (!server.isClosed()) {
          throw new IllegalStateException("cannot accept a connection", e);
        }
      }
    }
  }

  static Connection connect(InetSocketAddress address, Sockets sockets, ThreadFactory threads) {
    return new RawConnection(address, sockets, threads);
  }

  private static final class RawConnection implements Connection {
    private final InetSocketAddress address;
    private final Sockets sockets;
    private final ThreadFactory threads;
    private final Set<RawStream> idle = ConcurrentHashMap.newKeySet();

    RawConnection(InetSocketAddress address, Sockets sockets, ThreadFactory threads) {
      this.address = address;
      this.sockets = sockets;
      this.threads = threads;
    }

    @Override
    public PeerStream open() throws IOException {
      return connect();
    }

    @Override
    public Connection another() {
      throw new UnsupportedOperationException("TCP connections have no sessions");
    }

    @Override
    public OptionalDouble meanBodyBytes() {
      return OptionalDouble.empty();
    }

    private RawStream connect() throws IOException {
      return new RawStream(sockets.connect(address));
    }

    @Override
    public void openIdle(IdleWatch watch) throws IOException {
      RawStream stream = connect();
      idle.add(stream);
      byte[] request = new Request(Request.Mode.ECHO, 0).encode();
      stream.write(request, 0, request.length);
      stream.write(new byte[1], 0, 1);
      threads.newThread(() -> hold(stream, watch)).start();
    }

    private static void hold(RawStream stream, IdleWatch watch) {
      try {
        byte[] one = new byte[1];
        stream.readFully(one);
        watch.echoed();
        int next = stream.read(one, 0, 1);
        watch.failed(next < 0 ? new EOFException("an idle stream ended") : tooMuch());
      } catch (IOException e) {
        watch.failed(e);
      }
    }

    @Override
    public void close() throws IOException {
      for (RawStream stream : idle) {
        stream.close();
      }
    }
  }

  /** What an idle stream fails with that echoes more than it was sent. */
  static IOException tooMuch() {
    return new IOException("an idle stream echoed more than one byte");
  }

  private static final class RawStream implements PeerStream {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    RawStream(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      this.in = socket.getInputStream();
      this.out = socket.getOutputStream();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return in.read(target, offset, length);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      out.write(source, offset, length);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
