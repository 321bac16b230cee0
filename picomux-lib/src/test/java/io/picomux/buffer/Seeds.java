package io.picomux.buffer;

import java.util.Random;

/** Random numbers of a test, with a printed seed so that a failure can be repeated. */
final class Seeds {
  private static final String PROPERTY = "picomux.seed";

  private Seeds() {}

  /** Returns random numbers from a new seed, or from the one given by {@code -Dpicomux.seed=…}. */
  static Random random(String test) {
    long seed = Long.getLong(PROPERTY, System.nanoTime());
    System.out.println(test + ": repeat with -D" + PROPERTY + "=" + seed);
    return new Random(seed);
  }
}
