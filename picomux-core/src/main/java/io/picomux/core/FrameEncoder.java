package io.picomux.core;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes headers and whole control frames. Stateless. */
public final class FrameEncoder {
  private FrameEncoder() {}

  /**
   * Writes a header.
   *
   * @param out room for 8 bytes; its byte order is set to little endian
   * @param bodyBytes 0 to 65,535
   * @throws IllegalArgumentException when the length does not fit its field
   */
  public static void putHeader(ByteBuffer out, Command command, int streamId, int bodyBytes) {
    if (bodyBytes < 0 || bodyBytes > WireFormat.MAX_BODY_BYTES) {
      throw new IllegalArgumentException(
          "body is " + bodyBytes + " bytes, must be 0 to " + WireFormat.MAX_BODY_BYTES);
    }
    long header =
        WireFormat.VERSION
            | (long) command.code() << 8
            | (long) bodyBytes << 16
            | (long) streamId << 32;
    out.order(ByteOrder.LITTLE_ENDIAN).putLong(header);
  }

  /** Returns a whole frame. */
  public static byte[] encode(Command command, int streamId, byte[] body) {
    ByteBuffer out = ByteBuffer.allocate(WireFormat.HEADER_BYTES + body.length);
    putHeader(out, command, streamId, body.length);
    return out.put(body).array();
  }

  /** Returns the body of a MORE. */
  static byte[] moreBody(int frames) {
    return new byte[] {(byte) frames, (byte) (frames >>> 8)};
  }

  /** Returns the credit that the body of a MORE grants, 0 to 65,535 frames. */
  static int moreFrames(byte[] body) {
    return (body[0] & 0xFF) | ((body[1] & 0xFF) << 8);
  }
}
