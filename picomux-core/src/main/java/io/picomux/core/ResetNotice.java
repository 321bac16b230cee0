package io.picomux.core;

import org.jspecify.annotations.Nullable;

/**
 * Tells the peer why a stream ends before its time: the body of a NOP with the stream's id, sent
 * ahead of the FIN that every peer understands. Only Java peers that have offered to understand it
 * get one; to all others a reset looks like an end. A reset before the peer's first PING, which is
 * the first thing that every peer sends, waits for it, at most {@link MuxLimits#finHoldNanos()}.
 *
 * <pre>
 *    'R'  'S'  'T'  code
 * </pre>
 */
final class ResetNotice {
  /** The length of the body. */
  static final int BYTES = 4;

  private static final byte[] MAGIC = {'R', 'S', 'T'};
  private static final byte REFUSED_CODE = 1;
  private static final byte RESET_CODE = 2;

  private ResetNotice() {}

  /** Returns the body that says that a SYN was refused. */
  static byte[] refused() {
    return new byte[] {MAGIC[0], MAGIC[1], MAGIC[2], REFUSED_CODE};
  }

  /** Returns the body that says that a stream was dropped before its end. */
  static byte[] reset() {
    return new byte[] {MAGIC[0], MAGIC[1], MAGIC[2], RESET_CODE};
  }

  /** Returns what a notice means for its stream, or null when the body is not a notice. */
  static @Nullable StreamFailure parse(byte[] body) {
    if (body.length != BYTES || body[0] != MAGIC[0] || body[1] != MAGIC[1] || body[2] != MAGIC[2]) {
      return null;
    }
    return switch (body[MAGIC.length]) {
      case REFUSED_CODE -> StreamFailure.REFUSED;
      case RESET_CODE -> StreamFailure.RESET;
      default -> null;
    };
  }
}
