package io.picomux.simulation;

/** One of the two ends of a session. */
enum Side {
  CLIENT,
  SERVER;

  Side peer() {
    return this == CLIENT ? SERVER : CLIENT;
  }
}
