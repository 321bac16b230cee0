package io.picomux.benchmarks.harness;

/**
 * Something that is measured.
 *
 * @param name the name of its field in a measurement, with its unit
 * @param isHigherBetter whether more of it is better
 */
record Figure(String name, boolean isHigherBetter) {

  static Figure higher(String name) {
    return new Figure(name, true);
  }

  static Figure lower(String name) {
    return new Figure(name, false);
  }
}
