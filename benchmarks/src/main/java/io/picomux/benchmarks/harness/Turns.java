package io.picomux.benchmarks.harness;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Who comes when within a round. */
final class Turns {

  private Turns() {}

  /**
   * Returns all of them, beginning with another one in each round, so that nobody always follows
   * the same one or always comes first.
   *
   * @param round from 1 on
   */
  static <T> List<T> ofRound(List<T> all, int round) {
    List<T> turns = new ArrayList<>(all);
    Collections.rotate(turns, -(round - 1));
    return turns;
  }
}
