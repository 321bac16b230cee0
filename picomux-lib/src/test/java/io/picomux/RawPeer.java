package io.picomux;

import io.picomux.core.Command;
import io.picomux.core.FrameEncoder;
import io.picomux.core.WireFormat;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;

/** The peer of a session that sends exactly what a test wants, and only then. */
final class RawPeer implements AutoCloseable {
  /** A frame that the session has sent. */
  record Frame(Command command, int streamId, ByteBuffer body) {}

  private static final int PIPE_BYTES = 1 << 20;
  private static final byte[] EMPTY = {};

  private final PicoMux mux;
  private final DataInputStream in;
  private final OutputStream out;
  private final Closeable connection;

  private RawPeer(PicoMux mux, InputStream in, OutputStream out, Closeable connection) {
    this.mux = mux;
    this.in = new DataInputStream(in);
    this.out = out;
    this.connection = connection;
  }

  static RawPeer of(SessionPair.Kind kind) throws IOException {
    return of(kind, PicoMux.builder());
  }

  /** Begins a session that is connected to a new raw peer. */
  static RawPeer of(SessionPair.Kind kind, PicoMuxBuilder settings) throws IOException {
    return switch (kind) {
      case CHANNEL -> {
        SocketChannel[] ends = SessionPair.channels();
        Socket socket = ends[1].socket();
        yield new RawPeer(
            settings.over(ends[0]), socket.getInputStream(), socket.getOutputStream(), socket);
      }
      case SOCKET -> {
        Socket[] ends = SessionPair.sockets();
        yield new RawPeer(
            settings.over(ends[0]), ends[1].getInputStream(), ends[1].getOutputStream(), ends[1]);
      }
      case PIPE -> {
        PipedInputStream muxIn = new PipedInputStream(PIPE_BYTES);
        PipedInputStream peerIn = new PipedInputStream(PIPE_BYTES);
        PipedOutputStream muxOut = new PipedOutputStream(peerIn);
        PipedOutputStream peerOut = new PipedOutputStream(muxIn);
        yield new RawPeer(
            settings.over(muxIn, muxOut),
            peerIn,
            peerOut,
            () -> {
              peerOut.close();
              peerIn.close();
            });
      }
    };
  }

  /** Returns the peer of a session at the other end of a socket. */
  static RawPeer over(PicoMux mux, Socket socket) throws IOException {
    return new RawPeer(mux, socket.getInputStream(), socket.getOutputStream(), socket);
  }

  /** Returns the session that this is the peer of. */
  PicoMux mux() {
    return mux;
  }

  void send(Command command, int streamId, byte[] body) throws IOException {
    sendRaw(FrameEncoder.encode(command, streamId, body));
  }

  void send(Command command, int streamId) throws IOException {
    send(command, streamId, EMPTY);
  }

  void sendMore(int streamId, int frames) throws IOException {
    send(Command.MORE, streamId, new byte[] {(byte) frames, (byte) (frames >>> 8)});
  }

  void sendRaw(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** Returns the next frame, waiting for it. */
  Frame next() throws IOException {
    byte[] header = new byte[WireFormat.HEADER_BYTES];
    in.readFully(header);
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    Command command = Command.of(fields.get(1) & 0xFF);
    if (fields.get(0) != WireFormat.VERSION || command == null) {
      throw new IOException("not a frame: " + fields);
    }
    byte[] body = new byte[fields.getShort(2) & 0xFFFF];
    in.readFully(body);
    return new Frame(command, fields.getInt(4), ByteBuffer.wrap(body));
  }

  /** Returns the next frame of a kind, past all others. */
  Frame next(Command command) throws IOException {
    while (true) {
      Frame frame = next();
      if (frame.command() == command) {
        return frame;
      }
    }
  }

  /** Reads everything up to the end of the session's direction. */
  void readToEnd() throws IOException {
    try {
      while (true) {
        next();
      }
    } catch (EOFException e) {
      // The end between two frames, which is what is waited for.
      return;
    }
  }

  /** Ends the peer's direction only. */
  void endOutput() throws IOException {
    if (connection instanceof Socket socket) {
      socket.shutdownOutput();
    } else {
      out.close();
    }
  }

  /** Ends the connection without a word. */
  void disconnect() throws IOException {
    connection.close();
  }

  /** Ends both sides at once. */
  @Override
  public void close() throws IOException {
    mux.abort();
    connection.close();
  }
}
