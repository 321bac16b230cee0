package io.picomux.reliability.attacks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.picomux.core.Command;
import io.picomux.core.FrameEncoder;
import io.picomux.core.WireFormat;
import java.nio.ByteBuffer;

/**
 * Frames in a row, right or wrong, to be sent in one piece. It grows as needed and can be used
 * again after {@link #clear}. Not thread-safe.
 */
public final class FrameBuffer {
  private static final byte[] EMPTY = {};

  private ByteBuffer bytes = ByteBuffer.allocate(64 << 10);

  /** Appends a frame. */
  public FrameBuffer frame(Command command, int streamId, byte[] body) {
    ensure(WireFormat.HEADER_BYTES + body.length);
    FrameEncoder.putHeader(bytes, command, streamId, body.length);
    bytes.put(body);
    return this;
  }

  /** Appends a frame without a body. */
  public FrameBuffer frame(Command command, int streamId) {
    return frame(command, streamId, EMPTY);
  }

  /** Appends a SYN whose metadata says what the victim shall do. */
  public FrameBuffer syn(int streamId, String metadata) {
    return frame(Command.SYN, streamId, metadata.getBytes(UTF_8));
  }

  /** Appends a MORE of 0 to 65,535 frames. */
  public FrameBuffer more(int streamId, int frames) {
    return frame(Command.MORE, streamId, new byte[] {(byte) frames, (byte) (frames >>> 8)});
  }

  /** Appends a data frame of so many zero bytes. */
  public FrameBuffer data(int streamId, int bodyBytes) {
    return frame(Command.PSH, streamId, bodyBytes == 0 ? EMPTY : new byte[bodyBytes]);
  }

  /** Appends a PING. */
  public FrameBuffer ping(String json) {
    return frame(Command.PING, WireFormat.NO_STREAM_ID, json.getBytes(UTF_8));
  }

  /** Appends bytes that need not be a frame. */
  public FrameBuffer raw(byte[] some) {
    ensure(some.length);
    bytes.put(some);
    return this;
  }

  /** Returns how many bytes there are. */
  public int size() {
    return bytes.position();
  }

  /** Forgets what was appended. */
  public FrameBuffer clear() {
    bytes.clear();
    return this;
  }

  /** Returns a copy of the bytes. */
  public byte[] toBytes() {
    byte[] copy = new byte[bytes.position()];
    bytes.get(0, copy);
    return copy;
  }

  /** Returns the bytes as often as they fit into a size, at least once. */
  public byte[] repeated(int toBytes) {
    byte[] once = toBytes();
    int times = Math.max(1, toBytes / once.length);
    byte[] all = new byte[times * once.length];
    for (int i = 0; i < times; i++) {
      System.arraycopy(once, 0, all, i * once.length, once.length);
    }
    return all;
  }

  private void ensure(int more) {
    if (bytes.remaining() < more) {
      ByteBuffer larger =
          ByteBuffer.allocate(Math.max(2 * bytes.capacity(), bytes.position() + more));
      bytes.flip();
      bytes = larger.put(bytes);
    }
  }
}
