package io.picomux.benchmarks.link;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a client asks of the server first on each stream: a mode byte and a big-endian u64.
 *
 * @param mode what the server is to do
 * @param bytes how many bytes the client sends or wants; as unsigned in the wire format, but at
 *     most {@link Long#MAX_VALUE} here; without meaning for {@link Mode#ECHO}
 */
public record Request(Mode mode, long bytes) {

  /** The length of a request. */
  public static final int LENGTH_BYTES = 1 + Long.BYTES;

  /** What a server can do with a stream. */
  public enum Mode {
    /** The server reads the bytes and answers {@link #DONE}. */
    SINK('S'),
    /** The server writes the bytes in large writes, then waits for the close. */
    SOURCE('G'),
    /** The server sends everything back until the stream closes. */
    ECHO('E');

    private final byte code;

    Mode(char code) {
      this.code = (byte) code;
    }
  }

  /** What a sink answers after the last byte. */
  public static final byte DONE = 'k';

  /** Returns the bytes of the request. */
  public byte[] encode() {
    return ByteBuffer.allocate(LENGTH_BYTES).put(mode.code).putLong(bytes).array();
  }

  /**
   * Reads a request from its bytes.
   *
   * @throws IOException when the mode is unknown or the length is beyond {@link Long#MAX_VALUE}
   */
  public static Request decode(ByteBuffer encoded) throws IOException {
    byte code = encoded.get();
    long bytes = encoded.getLong();
    for (Mode mode : Mode.values()) {
      if (mode.code == code) {
        if (bytes < 0 && mode != Mode.ECHO) {
          throw new IOException("request for " + Long.toUnsignedString(bytes) + " bytes");
        }
        return new Request(mode, bytes);
      }
    }
    throw new IOException("request has mode " + code + ", must be S, G or E");
  }
}
