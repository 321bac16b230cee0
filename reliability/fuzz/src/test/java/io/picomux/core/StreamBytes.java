package io.picomux.core;

/** The bytes of a stream, each a function of its stream, its direction and its place. Stateless. */
final class StreamBytes {
  private StreamBytes() {}

  /** Returns what the bytes of a direction depend on; both ends come to the same number. */
  static int key(CoreStream stream, boolean outgoing) {
    return stream.id() * 2 + (stream.isLocal() == outgoing ? 1 : 0);
  }

  static byte at(int key, long place) {
    int mixed = ((int) place + key) * 0x9E37_79B1;
    return (byte) (mixed >>> 23);
  }

  /** Returns the next bytes that a stream sends. */
  static byte[] of(FuzzStream stream, int bytes) {
    byte[] body = new byte[bytes];
    int key = key(stream.core(), true);
    for (int i = 0; i < bytes; i++) {
      body[i] = at(key, stream.sentBytes + i);
    }
    return body;
  }
}
