package io.picomux.core;

import org.jspecify.annotations.Nullable;

/** The command of a frame: what its body means. The codes are the crate's. */
public enum Command {
  /** Opens a stream; the body is its metadata. */
  SYN(0),
  /** Ends what the sender has to say on a stream; up to crate 0.2 it ends both directions. */
  FIN(1),
  /** Carries data of a stream and uses one frame of its window. */
  PSH(2),
  /** Means nothing; any body. */
  NOP(3),
  /** Grants credit: a little-endian u16 of further data frames. */
  MORE(4),
  /** Asks for a PONG; the body is JSON. */
  PING(0xA0),
  /** Answers a PING; empty. */
  PONG(0xA1);

  private final int code;

  Command(int code) {
    this.code = code;
  }

  /** Returns the number that stands for this command in a header, 0 to 255. */
  public int code() {
    return code;
  }

  /** Returns the command of a header's second byte, or null when there is none with that code. */
  public static @Nullable Command of(int code) {
    return switch (code) {
      case 0 -> SYN;
      case 1 -> FIN;
      case 2 -> PSH;
      case 3 -> NOP;
      case 4 -> MORE;
      case 0xA0 -> PING;
      case 0xA1 -> PONG;
      default -> null;
    };
  }
}
