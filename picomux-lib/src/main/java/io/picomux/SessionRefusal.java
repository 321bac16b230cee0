package io.picomux;

/** Why a server closed a connection instead of beginning a session on it. */
public enum SessionRefusal {
  /** There were {@link PicoMuxServer.Builder#maxSessions} sessions. */
  TOO_MANY_SESSIONS("there are too many sessions"),
  /** There were {@link PicoMuxServer.Builder#maxSessionsPerAddress} sessions of its address. */
  TOO_MANY_OF_ADDRESS("there are too many sessions of its address"),
  /**
   * The heap was nearly full, or half of it with what peers had sent and applications had not read
   * and with what waited to be sent.
   */
  LITTLE_MEMORY("there is little memory left");

  private final String words;

  SessionRefusal(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }
}
