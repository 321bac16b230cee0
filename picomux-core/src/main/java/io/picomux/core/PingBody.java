package io.picomux.core;

/**
 * What the body of a PING says; {@link PingJson} reads and writes it.
 *
 * @param nextPingInMillis milliseconds until the peer's next PING, 0 … 4,294,967,295
 * @param halfCloseOffered whether the peer offers half-close
 * @param resetOffered whether the peer understands {@link ResetNotice}
 */
record PingBody(long nextPingInMillis, boolean halfCloseOffered, boolean resetOffered) {}
