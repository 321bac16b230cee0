package io.picomux.core;

/** Bijections that scatter integers: every bit of the result depends on every bit given. */
final class Mixers {

  /**
   * 2^64 divided by the golden ratio, made odd: the step of SplitMix64's state (G. Steele, D. Lea,
   * C. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
   */
  static final long GOLDEN_GAMMA = 0x9E37_79B9_7F4A_7C15L;

  private Mixers() {}

  /** The output function of SplitMix64 (D. Stafford's variant 13 of MurmurHash3's finalizer). */
  static long mix64(long value) {
    long z = value;
    z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
    return z ^ z >>> 31;
  }

  /** The 32-bit finalizer of MurmurHash3 (A. Appleby, {@code fmix32}). */
  static int mix32(int value) {
    int h = value;
    h = (h ^ h >>> 16) * 0x85EB_CA6B;
    h = (h ^ h >>> 13) * 0xC2B2_AE35;
    return h ^ h >>> 16;
  }
}
