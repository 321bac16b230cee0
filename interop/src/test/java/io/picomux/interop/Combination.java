package io.picomux.interop;

/**
 * One way to join this library with a peer.
 *
 * @param version the crate of the peer
 * @param connects who makes the TCP connection; the other side listens
 * @param opens who opens the streams
 * @param engine how this library moves the bytes
 */
record Combination(CrateVersion version, Side connects, Side opens, Engine engine) {

  /** The name of the column in the table of passes: version, who connects, who opens. */
  String column() {
    return version + " " + connects.letter() + " " + opens.letter();
  }

  @Override
  public String toString() {
    return "%s, %s connects, %s opens%s".formatted(version, connects, opens, engine.suffix());
  }
}
