package io.picomux.interop;

/** A published version of the Rust crate picomux for which there is a test peer. */
enum CrateVersion {
  /** Runs on smol; a FIN ends both directions. */
  V0_1_14("0.1.14", false),

  /** Runs on tokio; a FIN ends both directions. */
  V0_2_1("0.2.1", false),

  /** Runs on tokio; a FIN ends one direction. */
  V0_3_3("0.3.3", true);

  private final String number;
  private final boolean halfClose;

  CrateVersion(String number, boolean halfClose) {
    this.number = number;
    this.halfClose = halfClose;
  }

  /** Whether a FIN of this version ends one direction only. */
  boolean halfClose() {
    return halfClose;
  }

  /**
   * Whether bytes that came just before a FIN may be lost inside the peer: the pipe of a stream
   * asks whether it is empty and then whether it is closed, and what is written and closed in
   * between is gone.
   */
  boolean losesBytesBeforeFin() {
    return this == V0_1_14;
  }

  /** The name of the peer's program. */
  String program() {
    return "peer-" + number.replace('.', '-');
  }

  @Override
  public String toString() {
    return number;
  }
}
