package io.picomux.interop;

/** The two parties of a session. */
enum Side {
  /** This library. */
  JAVA('J'),

  /** A peer built on the crate. */
  RUST('R');

  private final char letter;

  Side(char letter) {
    this.letter = letter;
  }

  /** How the table of passes calls it. */
  char letter() {
    return letter;
  }
}
