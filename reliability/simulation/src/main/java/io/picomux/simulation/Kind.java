package io.picomux.simulation;

/** What runs a program. */
enum Kind {
  /** Two bare cores. */
  CORE,
  /** Two sessions of the library. */
  ENGINE
}
