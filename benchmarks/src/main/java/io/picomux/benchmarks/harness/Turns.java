package io.picomux.benchmarks.harness;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Who comes when. */
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

  /**
   * Returns all of them, in reverse order every other time, so that what drifts within a round
   * meets all alike.
   *
   * @param turn from 1 on
   */
  static <T> List<T> thereAndBack(List<T> all, int turn) {
    return turn % 2 == 0 ? all.reversed() : all;
  }
}
