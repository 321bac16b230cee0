package io.picomux.core;

import java.util.Arrays;

/**
 * A set of 32-bit ids that never forgets one it was given and now and then claims one it was not,
 * in memory that grows from nothing with the number of ids to a fixed bound.
 *
 * <p>It is a Bloom filter (B. Bloom, "Space/Time Trade-offs in Hash Coding with Allowable Errors",
 * CACM 13(7), 1970) that grows as P. Almeida, C. Baquero, N. Preguiça and D. Hutchison describe
 * ("Scalable Bloom Filters", Information Processing Letters 101(6), 2007): the bits of ids already
 * given can't be spread over more memory, so a full slice stays as it is and a larger one takes the
 * next ids. The last slice is filled further without bound, at the price of more false claims. The
 * bits of an id come from two hashes (A. Kirsch, M. Mitzenmacher, "Less Hashing, Same Performance",
 * ESA 2006).
 *
 * <p>Not thread-safe.
 */
final class GrowingBloomFilter {

  /**
   * Bits set per id; chosen by judgement: few, so that the last slice can be overfilled for long.
   */
  private static final int BITS_PER_ID = 4;

  /**
   * Slices of 1, 4, 16, 64 and 256 KiB; the first is small for the many sessions of few streams.
   */
  private static final int MAX_SLICES = 5;

  private static final int FIRST_SLICE_WORDS = 128;

  /** How many times larger each slice is than the one before. */
  private static final int SLICE_GROWTH = 4;

  /**
   * A slice is full when one bit in this many is set. At a quarter an id never given passes with a
   * probability of 0.25^4 = 0.4 %, so that even a dozen full slices pass only one in twenty.
   */
  private static final int BITS_PER_SET_BIT_WHEN_FULL = 4;

  /** Bits of the slices; each length is a power of two. */
  private long[][] slices = {};

  /** How many bits of each slice are set. */
  private int[] setBits = {};

  /** Adds {@code id}, which {@link #mightContain} finds from now on. */
  void add(int id) {
    if (mightContain(id)) {
      return;
    }
    int last = slices.length - 1;
    if (last < 0 || (isFull(last) && slices.length < MAX_SLICES)) {
      int words = last < 0 ? FIRST_SLICE_WORDS : slices[last].length * SLICE_GROWTH;
      slices = Arrays.copyOf(slices, slices.length + 1);
      setBits = Arrays.copyOf(setBits, slices.length);
      last++;
      slices[last] = new long[words];
    }
    setBits[last] += setBits(slices[last], Mixers.mix64(id));
  }

  /** True if {@code id} was added, and with {@link #falsePositiveRate} if it was not. */
  boolean mightContain(int id) {
    long hash = Mixers.mix64(id);
    for (long[] slice : slices) {
      if (hasBits(slice, hash)) {
        return true;
      }
    }
    return false;
  }

  /** Forgets all ids and frees their memory. */
  void clear() {
    slices = new long[0][];
    setBits = new int[0];
  }

  /** The expected share of ids never added that {@link #mightContain} claims, 0 … 1. */
  double falsePositiveRate() {
    double passesNone = 1;
    for (int i = 0; i < slices.length; i++) {
      double fill = (double) setBits[i] / bitCount(slices[i]);
      passesNone *= 1 - Math.pow(fill, BITS_PER_ID);
    }
    return 1 - passesNone;
  }

  /** Bytes of the slices; the objects around them take less than 250 more. */
  long allocatedBytes() {
    long bytes = 0;
    for (long[] slice : slices) {
      bytes += (long) slice.length * Long.BYTES;
    }
    return bytes;
  }

  private boolean isFull(int slice) {
    return setBits[slice] >= bitCount(slices[slice]) / BITS_PER_SET_BIT_WHEN_FULL;
  }

  private static int bitCount(long[] slice) {
    return slice.length * Long.SIZE;
  }

  private static boolean hasBits(long[] slice, long hash) {
    for (int i = 0; i < BITS_PER_ID; i++) {
      int bit = bitIndex(slice, hash, i);
      if ((slice[bit >>> 6] & 1L << bit) == 0) {
        return false;
      }
    }
    return true;
  }

  /** Sets the bits of {@code hash}; returns how many of them were clear. */
  private static int setBits(long[] slice, long hash) {
    int changed = 0;
    for (int i = 0; i < BITS_PER_ID; i++) {
      int bit = bitIndex(slice, hash, i);
      if ((slice[bit >>> 6] & 1L << bit) == 0) {
        slice[bit >>> 6] |= 1L << bit;
        changed++;
      }
    }
    return changed;
  }

  /** The {@code i}-th bit of {@code hash}; the odd step makes all of them differ. */
  private static int bitIndex(long[] slice, long hash, int i) {
    int first = (int) hash;
    int step = (int) (hash >>> 32) | 1;
    return first + i * step & bitCount(slice) - 1;
  }
}
