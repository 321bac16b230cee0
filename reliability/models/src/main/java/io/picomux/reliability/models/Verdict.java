package io.picomux.reliability.models;

/**
 * What a search found. Immutable.
 *
 * @param states different states that were looked at
 * @param complete whether the search ended because nothing was left to look at
 * @param finding the first error in the checker's words; empty when there is none
 * @param seconds how long it took, with the generation and the compilation of the checker
 */
public record Verdict(long states, boolean complete, String finding, double seconds) {
  /** Returns whether an error was found. */
  public boolean foundError() {
    return !finding.isEmpty();
  }
}
