package io.picomux.interop;

import java.util.SplittableRandom;

/**
 * The byte sequence of a seed, the same as the peers' generator: the successive outputs of
 * SplitMix64, little endian. Not thread-safe.
 */
final class SeededBytes {

  private final SplittableRandom random;
  private long word;
  private int bytesLeft;

  SeededBytes(long seed) {
    // With its default gamma, SplittableRandom is SplitMix64 as published.
    random = new SplittableRandom(seed);
  }

  /** Writes the next bytes of the sequence into the array. */
  void fill(byte[] target, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (bytesLeft == 0) {
        word = random.nextLong();
        bytesLeft = Long.BYTES;
      }
      target[i] = (byte) word;
      word >>>= Byte.SIZE;
      bytesLeft--;
    }
  }

  /** The first bytes of the sequence of a seed. */
  static byte[] of(long seed, int length) {
    byte[] bytes = new byte[length];
    new SeededBytes(seed).fill(bytes, 0, length);
    return bytes;
  }
}
