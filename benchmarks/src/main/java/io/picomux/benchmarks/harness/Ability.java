package io.picomux.benchmarks.harness;

/** What a peer knows beyond the command line that every peer has. */
enum Ability {
  /** Its client takes {@code --warmup} and {@code --limit-s}. */
  WARMUP,
  /** It runs in a JVM, whose heap can be fixed and collected from outside. */
  JVM,
  /** Its server gives unused memory back when it is told {@code collect}. */
  COLLECT,
  /**
   * It has sessions, and its server can echo without a thread for each stream or session when it
   * has {@code --callbacks}.
   */
  CALLBACKS,
  /** Its client knows the scenario {@code loaded-down}. */
  LOADED_DOWN,
  /** Its client knows the scenario {@code small}. */
  SMALL_WRITES,
  /** Its server tells what has come when it has {@code --progress}. */
  ARRIVALS
}
