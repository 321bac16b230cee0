package io.picomux.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.picomux.core.Command;
import io.picomux.core.FrameEncoder;
import io.picomux.core.WireFormat;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A peer on a real socket that does what a test says, frame by frame, right or wrong: the
 * conversation is the test. It knows no streams, windows or timers and answers nothing by itself.
 *
 * <pre>{@code
 * try (ScriptedPeer peer = ScriptedPeer.listen();
 *     PicoMux mux = PicoMux.connect(peer.address())) {
 *   MuxStream stream = mux.open(new byte[0]);
 *   peer.skip(Command.PING);
 *   int id = peer.expect(Command.SYN).streamId();
 *   peer.send(Command.PSH, id, new byte[100]);
 *   peer.sendMore(id, 5);
 * }
 * }</pre>
 *
 * <p>A frame that is expected and does not come, or another in its place, is an {@link
 * AssertionError}. One thread at a time may send and one may expect.
 */
public final class ScriptedPeer implements AutoCloseable {
  /** How long a frame is waited for: far longer than any machine needs. */
  private static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(20);

  private final @Nullable ServerSocket listener;
  private final Set<Command> skipped = EnumSet.noneOf(Command.class);
  private @Nullable Socket socket;
  private Duration patience = DEFAULT_PATIENCE;

  private ScriptedPeer(@Nullable ServerSocket listener, @Nullable Socket socket) {
    this.listener = listener;
    this.socket = socket;
  }

  /** Returns a peer that takes one connection to {@link #address()}. */
  public static ScriptedPeer listen() throws IOException {
    return new ScriptedPeer(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()), null);
  }

  /** Returns a peer that has connected to an address. */
  public static ScriptedPeer connect(InetSocketAddress address) throws IOException {
    return new ScriptedPeer(null, new Socket(address.getAddress(), address.getPort()));
  }

  /** Returns a peer that speaks over a connected socket, which it owns from now on. */
  public static ScriptedPeer over(Socket connected) {
    return new ScriptedPeer(null, connected);
  }

  /**
   * Returns the address to connect to.
   *
   * @throws IllegalStateException when this peer does not listen
   */
  public InetSocketAddress address() {
    ServerSocket listening = listener;
    if (listening == null) {
      throw new IllegalStateException("this peer does not listen");
    }
    return new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort());
  }

  /** Sets how long a frame is waited for; 20 seconds at first. */
  public void setPatience(Duration newPatience) {
    patience = newPatience;
  }

  /** Lets {@link #expect} and {@link #next} pass over frames with these commands. */
  public void skip(Command... commands) {
    skipped.addAll(Arrays.asList(commands));
  }

  // ---- what the peer says

  /** Sends a frame, whatever it means. */
  public void send(Command command, int streamId, byte[] body) throws IOException {
    sendRaw(FrameEncoder.encode(command, streamId, body));
  }

  /** Sends a frame without a body. */
  public void send(Command command, int streamId) throws IOException {
    send(command, streamId, new byte[0]);
  }

  /**
   * Grants credit.
   *
   * @param frames 0 to 65,535
   */
  public void sendMore(int streamId, int frames) throws IOException {
    byte[] body = {(byte) frames, (byte) (frames >>> 8)};
    send(Command.MORE, streamId, body);
  }

  /** Sends a PING with a body of any text. */
  public void sendPing(String json) throws IOException {
    send(Command.PING, WireFormat.NO_STREAM_ID, json.getBytes(UTF_8));
  }

  /** Sends a PONG. */
  public void sendPong() throws IOException {
    send(Command.PONG, WireFormat.NO_STREAM_ID);
  }

  /** Sends bytes that need not be a frame. */
  public void sendRaw(byte[] bytes) throws IOException {
    connection().getOutputStream().write(bytes);
  }

  /** Ends the peer's direction of the transport; the other stays open. */
  public void endOutput() throws IOException {
    connection().shutdownOutput();
  }

  /** Drops the connection with a reset, as a process does that is killed with unread data. */
  public void reset() throws IOException {
    connection().setSoLinger(true, 0);
    connection().close();
  }

  // ---- what the peer hears

  /** Takes the next frame, which must have this command. */
  public ReceivedFrame expect(Command command) throws IOException {
    ReceivedFrame frame = next();
    if (frame.command() != command) {
      throw new AssertionError("expected " + command + ", but " + frame + " came");
    }
    return frame;
  }

  /** Takes the next frame, which must have this command and stream. */
  public ReceivedFrame expect(Command command, int streamId) throws IOException {
    ReceivedFrame frame = expect(command);
    if (frame.streamId() != streamId) {
      throw new AssertionError(
          "expected "
              + command
              + " for "
              + Integer.toUnsignedString(streamId)
              + ", but "
              + frame
              + " came");
    }
    return frame;
  }

  /** Takes the next frame that is not skipped. */
  public ReceivedFrame next() throws IOException {
    ReceivedFrame frame = read();
    while (frame != null && skipped.contains(frame.command())) {
      frame = read();
    }
    if (frame == null) {
      throw new AssertionError("expected a frame, but the transport has ended");
    }
    return frame;
  }

  /** Takes the end of the transport, which must come next; a reset counts as one. */
  public void expectEnd() throws IOException {
    ReceivedFrame frame;
    do {
      try {
        frame = read();
      } catch (SocketException e) {
        return;
      }
    } while (frame != null && skipped.contains(frame.command()));
    if (frame != null) {
      throw new AssertionError("expected the end of the transport, but " + frame + " came");
    }
  }

  /** Closes the connection and stops listening. */
  @Override
  public void close() throws IOException {
    ServerSocket listening = listener;
    if (listening != null) {
      listening.close();
    }
    Socket connected = socket;
    if (connected != null) {
      connected.close();
    }
  }

  /** Returns the connection, waiting for it when this peer listens. */
  private Socket connection() throws IOException {
    Socket connected = socket;
    ServerSocket listening = listener;
    if (connected == null && listening != null) {
      listening.setSoTimeout(Math.toIntExact(patience.toMillis()));
      try {
        connected = listening.accept();
      } catch (SocketTimeoutException e) {
        throw new AssertionError("nobody connected within " + patience, e);
      }
      connected.setTcpNoDelay(true);
      socket = connected;
    }
    if (connected == null) {
      throw new IllegalStateException("no connection");
    }
    return connected;
  }

  /** Reads a frame; returns null at the end of the transport between two frames. */
  private @Nullable ReceivedFrame read() throws IOException {
    Socket connected = connection();
    connected.setSoTimeout(Math.toIntExact(patience.toMillis()));
    DataInputStream in = new DataInputStream(connected.getInputStream());
    try {
      int first = in.read();
      if (first < 0) {
        return null;
      }
      byte[] rest = new byte[WireFormat.HEADER_BYTES - 1];
      in.readFully(rest);
      ByteBuffer header = ByteBuffer.wrap(rest).order(ByteOrder.LITTLE_ENDIAN);
      int code = header.get() & 0xFF;
      byte[] body = new byte[header.getShort() & 0xFFFF];
      int streamId = header.getInt();
      Command command = Command.of(code);
      if (first != WireFormat.VERSION || command == null) {
        throw new AssertionError("a header came with version " + first + " and command " + code);
      }
      in.readFully(body);
      return new ReceivedFrame(command, streamId, body);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("no frame came within " + patience, e);
    } catch (EOFException e) {
      throw new AssertionError("the transport ended inside a frame", e);
    }
  }
}
