package io.picomux.benchmarks.micro;

/**
 * How much a benchmark is repeated.
 *
 * @param forks JVMs, one after the other; 0 for the calling one
 * @param warmups iterations in each that do not count
 * @param iterations iterations in each that count
 * @param iterationMillis how long one takes
 */
record Effort(int forks, int warmups, int iterations, long iterationMillis) {
  /** What figures that count are measured with. */
  static final Effort FULL = new Effort(3, 3, 5, 1000);

  /** Less than two seconds a benchmark, the start of its JVM included. */
  static final Effort SHORT = new Effort(1, 3, 5, 150);
}
