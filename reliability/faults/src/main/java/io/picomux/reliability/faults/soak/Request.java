package io.picomux.reliability.faults.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What a stream is for, as its metadata says.
 *
 * @param kind what the server does
 * @param bytes how many bytes it is about; 0 where that does not matter
 * @param seed of the {@link Pattern}, and the name of the transfer
 */
record Request(Kind kind, long bytes, long seed) {
  /** What the server does with a stream. */
  enum Kind {
    /** Takes bytes to their end and answers how many fitted the pattern. */
    SINK,
    /** Sends bytes and closes. */
    SOURCE,
    /** Sends back what comes. */
    ECHO,
    /** Sends back what comes without a thread of its own. */
    QUIET_ECHO,
    /** Takes bytes to their end and remembers how many there were. */
    TAIL,
    /** Answers what it remembers of a tail, once that has ended. */
    TOLD
  }

  byte[] toMetadata() {
    return (kind + " " + bytes + " " + seed).getBytes(UTF_8);
  }

  static Request of(byte[] metadata) {
    String[] parts = new String(metadata, UTF_8).split(" ", -1);
    return new Request(Kind.valueOf(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
  }
}
