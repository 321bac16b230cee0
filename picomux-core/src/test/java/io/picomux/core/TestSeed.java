package io.picomux.core;

/** The seed of a random test, printed so that a failure can be repeated. */
final class TestSeed {

  private static final String PROPERTY = "picomux.seed";

  private TestSeed() {}

  /** The seed of {@code test}: a new one, or the one given by {@code -Dpicomux.seed=…}. */
  static long of(String test) {
    long seed = Long.getLong(PROPERTY, System.nanoTime());
    System.out.println(test + ": repeat with -D" + PROPERTY + "=" + seed);
    return seed;
  }
}
