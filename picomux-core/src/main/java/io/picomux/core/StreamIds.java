package io.picomux.core;

/**
 * The ids of the streams that we open: a keyed permutation of a counter over 32 bits, so that no id
 * comes twice and none has to be remembered.
 *
 * <p>The protocol forbids an id to be used again within an hour, and the crate from 0.1.16 on kills
 * the session for it; drawing at random, as the crate does, needs a table of all recent ids to obey
 * that. A permutation needs only the counter: whether an id was ours is found by inverting it.
 *
 * <p>The permutation is a Feistel network (H. Feistel, "Cryptography and Computer Privacy",
 * Scientific American, May 1973) of {@value #ROUNDS} rounds over two halves of 16 bits; it is a
 * bijection whatever the round function. M. Luby and C. Rackoff ("How to Construct Pseudorandom
 * Permutations from Pseudorandom Functions", SIAM J. Comput. 17(2), 1988) show that four rounds of
 * independent pseudorandom functions look like a random permutation even to one who may invert it;
 * the rounds beyond them make up for the small halves. The ids need to be scattered, so that two
 * ends with different seeds seldom choose the same one; they protect nothing, so the round function
 * is a fast mixer and not a cipher.
 *
 * <p>Ids are unsigned; id 0, which PING and PONG use, is never drawn although a peer may use it.
 * The two ends of a session must not share a seed. Not thread-safe.
 */
final class StreamIds {

  /** Number of Feistel rounds; four suffice in theory, the rest is margin chosen by judgement. */
  private static final int ROUNDS = 8;

  /** The id of frames that belong to no stream (picomux 0.1.14, {@code lib.rs}: PING, PONG). */
  private static final int SESSION_ID = 0;

  /** Number of 32-bit ids. */
  private static final long ID_COUNT = 1L << 32;

  private final int[] roundKeys = new int[ROUNDS];

  /** How many places of the permutation are used up, 0 … 2^32. */
  private long placesUsed;

  /** Ids in the order that {@code seed} gives, from the first. */
  StreamIds(long seed) {
    this(seed, 0);
  }

  /**
   * Ids in the order that {@code seed} gives, with the first {@code placesUsed} counting as drawn.
   *
   * @param placesUsed 0 … 2^32
   */
  StreamIds(long seed, long placesUsed) {
    if (placesUsed < 0 || placesUsed > ID_COUNT) {
      throw new IllegalArgumentException(
          "placesUsed is " + placesUsed + ", must be 0 to " + ID_COUNT);
    }
    this.placesUsed = placesUsed;
    long state = seed;
    for (int round = 0; round < ROUNDS; round++) {
      state += Mixers.GOLDEN_GAMMA;
      roundKeys[round] = (int) (Mixers.mix64(state) >>> 32);
    }
  }

  /**
   * Draws an id that was not drawn before.
   *
   * @throws IllegalStateException if all 2^32 − 1 ids have been drawn
   */
  int next() {
    int id;
    do {
      if (placesUsed == ID_COUNT) {
        throw new IllegalStateException("all " + (ID_COUNT - 1) + " stream ids have been drawn");
      }
      id = permute((int) placesUsed);
      placesUsed++;
    } while (id == SESSION_ID);
    return id;
  }

  /** Whether {@link #next} has returned {@code id}. */
  boolean issued(int id) {
    return id != SESSION_ID && placeOf(id) < placesUsed;
  }

  private int permute(int place) {
    int left = place >>> 16;
    int right = place & 0xFFFF;
    for (int round = 0; round < ROUNDS; round++) {
      int mixed = left ^ roundFunction(right, round);
      left = right;
      right = mixed;
    }
    return left << 16 | right;
  }

  /** The place of {@code id} in the permutation, 0 … 2^32 − 1: the inverse of {@link #permute}. */
  long placeOf(int id) {
    int left = id >>> 16;
    int right = id & 0xFFFF;
    for (int round = ROUNDS - 1; round >= 0; round--) {
      int mixed = right ^ roundFunction(left, round);
      right = left;
      left = mixed;
    }
    return Integer.toUnsignedLong(left << 16 | right);
  }

  /** 16 bits that depend on all bits of {@code half} and of the round's key. */
  private int roundFunction(int half, int round) {
    return Mixers.mix32(half ^ roundKeys[round]) >>> 16;
  }
}
