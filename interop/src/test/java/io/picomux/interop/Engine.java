package io.picomux.interop;

/** How this library moves the bytes of a session. */
enum Engine {
  /** A non-blocking channel on the shared selector threads. */
  CHANNEL(""),

  /** The blocking streams of a socket, with a thread for each direction. */
  BLOCKING(" [blocking]");

  private final String suffix;

  Engine(String suffix) {
    this.suffix = suffix;
  }

  /** What the table of passes adds to the name of a case. */
  String suffix() {
    return suffix;
  }
}
