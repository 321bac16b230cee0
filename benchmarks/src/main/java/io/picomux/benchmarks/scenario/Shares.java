package io.picomux.benchmarks.scenario;

/** Parts an amount of work among workers. */
public final class Shares {

  private Shares() {}

  /**
   * Returns the share of one worker: all together make the total, and no two differ by more than
   * one.
   *
   * @param index from 0 to workers - 1
   */
  public static long share(long total, int workers, int index) {
    return total / workers + (index < total % workers ? 1 : 0);
  }

  /** Throws unless an option has its least value or more. */
  static void requireAtLeast(String option, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          option + " is " + value + ", must be " + least + " or more");
    }
  }
}
