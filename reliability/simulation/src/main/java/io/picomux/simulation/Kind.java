package io.picomux.simulation;

/** What runs a program. */
enum Kind {
  /** Two bare cores. */
  CORE(1),
  /** Two sessions of the library. */
  ENGINE(1),
  /** The same with a relay between them: a session of the client's and one of the server's. */
  RELAY(2),
  /** A session of the library inside a stream of another. */
  NESTED(2);

  private final int hops;

  Kind(int hops) {
    this.hops = hops;
  }

  /** Returns how many sessions there are, see {@link Hop}. */
  int hops() {
    return hops;
  }
}
