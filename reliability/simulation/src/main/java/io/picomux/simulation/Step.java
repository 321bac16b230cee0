package io.picomux.simulation;

import java.util.Locale;

/**
 * One operation of a {@link Program}. Immutable.
 *
 * @param atMillis when, from the start of the program
 * @param side who does it
 * @param stream the number of the stream, given by the program; 0 where there is none
 */
record Step(long atMillis, Side side, Action action, int stream, long amount, long detail) {

  /** Returns the step as {@link #parse} reads it, and as a person does. */
  @Override
  public String toString() {
    return "%d ms: %s %s stream=%d amount=%d detail=%d"
        .formatted(atMillis, side.name().toLowerCase(Locale.ROOT), action, stream, amount, detail);
  }

  static Step parse(String line) {
    String[] words = line.strip().split("[ =]+", -1);
    if (words.length != 10) {
      throw new IllegalArgumentException("no step of a program: " + line);
    }
    return new Step(
        Long.parseLong(words[0]),
        Side.valueOf(words[2].toUpperCase(Locale.ROOT)),
        Action.valueOf(words[3]),
        Integer.parseInt(words[5]),
        Long.parseLong(words[7]),
        Long.parseLong(words[9]));
  }

  Step withAmount(long newAmount) {
    return new Step(atMillis, side, action, stream, newAmount, detail);
  }
}
