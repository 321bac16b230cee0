package io.picomux.hostile;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.picomux.PicoMux;
import io.picomux.PicoMuxBuilder;
import io.picomux.core.Command;
import io.picomux.core.FrameEncoder;
import io.picomux.core.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A raw socket as the peer of a session. Not thread-safe. */
final class HostilePeer implements AutoCloseable {
  /** A frame that the session has sent. */
  record Frame(Command command, int streamId, int bodyBytes) {}

  /** Frames in the order of the calls, to be sent in one piece. */
  static final class Burst {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Burst add(Command command, int streamId, byte[] body) {
      bytes.writeBytes(FrameEncoder.encode(command, streamId, body));
      return this;
    }

    Burst add(Command command, int streamId) {
      return add(command, streamId, new byte[0]);
    }

    Burst more(int streamId, int frames) {
      return add(Command.MORE, streamId, new byte[] {(byte) frames, (byte) (frames >>> 8)});
    }
  }

  private final @Nullable PicoMux victim;
  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;

  private HostilePeer(@Nullable PicoMux victim, Socket socket) throws IOException {
    this.victim = victim;
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /** Begins a session whose peer is a new hostile one. */
  static HostilePeer of(PicoMuxBuilder settings) throws IOException {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Socket socket = socketTo((InetSocketAddress) listener.getLocalAddress());
      return new HostilePeer(settings.over(listener.accept()), socket);
    }
  }

  static HostilePeer of() throws IOException {
    return of(PicoMux.builder());
  }

  /** Connects to a server, whose session the test does not get at. */
  static HostilePeer connect(InetSocketAddress server) throws IOException {
    return new HostilePeer(null, socketTo(server));
  }

  private static Socket socketTo(InetSocketAddress address) throws IOException {
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setTcpNoDelay(true);
    return socket;
  }

  /** Returns the session under attack. */
  PicoMux victim() {
    return Objects.requireNonNull(victim, "the session belongs to a server");
  }

  void send(Burst burst) throws IOException {
    burst.bytes.writeTo(out);
  }

  /** Returns when the session has taken in all that was sent before: it has answered a PING. */
  void roundTrip() throws IOException {
    send(new Burst().add(Command.PING, 0, "{\"next_ping_in_ms\":1800000}".getBytes(US_ASCII)));
    next(Command.PONG);
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

  /** Returns the next frame, waiting for it. */
  Frame next() throws IOException {
    byte[] header = new byte[WireFormat.HEADER_BYTES];
    in.readFully(header);
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    Command command = Command.of(fields.get(1) & 0xFF);
    if (command == null) {
      throw new IOException("not a frame: code " + (fields.get(1) & 0xFF));
    }
    int bodyBytes = fields.getShort(2) & 0xFFFF;
    in.skipNBytes(bodyBytes);
    return new Frame(command, fields.getInt(4), bodyBytes);
  }

  /** Reads until the session has ended the connection, in whatever way. */
  void awaitEnd() {
    try {
      while (true) {
        next();
      }
    } catch (IOException e) {
      // The end, which is what is waited for.
      return;
    }
  }

  /** Ends the connection without a word. */
  void disconnect() throws IOException {
    socket.close();
  }

  @Override
  public void close() throws IOException {
    disconnect();
    if (victim != null) {
      victim.abort();
    }
  }
}
