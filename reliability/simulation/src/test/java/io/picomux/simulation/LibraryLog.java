package io.picomux.simulation;

import java.util.logging.Level;
import java.util.logging.Logger;

/** The library's log: thousands of simulated sessions end in ways that are worth a line each. */
final class LibraryLog {
  // Held, as a logger that nobody holds forgets its level.
  private static final Logger LOGGER = Logger.getLogger("io.picomux");

  private LibraryLog() {}

  static void silence() {
    LOGGER.setLevel(Level.OFF);
  }
}
