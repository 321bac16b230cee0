package io.picomux.tunnel.exit;

/** Why an exit did not connect a stream to what it asked for. */
public enum Refusal {
  /** The metadata is no destination. The opener is no tunnel client, or a faulty one. */
  BAD_METADATA("bad metadata"),
  /** An address of the destination is denied. The operator may allow it with a rule. */
  DENIED_ADDRESS("denied address"),
  /** The port is denied. The operator may allow it with a rule that names it. */
  DENIED_PORT("denied port"),
  /** The name has no address. */
  UNKNOWN_HOST("unknown host"),
  /** The resolver did not answer in time; the same destination may work later. */
  RESOLVER_TIMEOUT("no answer from the resolver"),
  /** Every address refused the connection or could not be reached. */
  CONNECT_FAILED("cannot connect"),
  /** No address answered in time. */
  CONNECT_TIMEOUT("no answer from the destination"),
  /** The exit is closing. */
  CLOSING("the exit is closing");

  private final String words;

  Refusal(String words) {
    this.words = words;
  }

  /** The reason in a few English words. */
  public String words() {
    return words;
  }
}
