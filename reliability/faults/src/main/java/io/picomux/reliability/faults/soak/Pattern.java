package io.picomux.reliability.faults.soak;

/**
 * Bytes that tell where they belong: the byte at an offset is a function of the offset and a seed,
 * so that one that is lost, repeated, moved or from another stream does not fit.
 */
final class Pattern {
  private Pattern() {}

  static byte at(long seed, long offset) {
    long x = seed * 0x9E3779B97F4A7C15L + (offset >>> 3);
    x = (x ^ (x >>> 32)) * 0xD6E8FEB86659FD93L;
    x ^= x >>> 32;
    return (byte) (x >>> (8 * (offset & 7)));
  }

  static void fill(byte[] target, int length, long seed, long offset) {
    for (int i = 0; i < length; i++) {
      target[i] = at(seed, offset + i);
    }
  }

  /** Returns the first index whose byte does not fit, -1 when all do. */
  static int mismatch(byte[] bytes, int length, long seed, long offset) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] != at(seed, offset + i)) {
        return i;
      }
    }
    return -1;
  }
}
