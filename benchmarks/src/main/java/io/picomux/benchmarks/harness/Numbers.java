package io.picomux.benchmarks.harness;

/** Reads numbers of the command line, with messages that name them. */
final class Numbers {

  private Numbers() {}

  static int positiveInt(String name, String text) {
    int value;
    try {
      value = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " is '" + text + "', must be a number", e);
    }
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ", must be 1 or more");
    }
    return value;
  }
}
