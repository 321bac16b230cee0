package io.picomux.buffer;

import java.nio.ByteBuffer;

/** Bytes of one stream that wait for their reader, wherever they are. Not thread-safe. */
sealed interface UnreadBytes permits SegmentQueue, InputPieces {

  /** Returns how many there are. */
  int size();

  /** Returns the memory that is allocated for them, in bytes. */
  long footprintBytes();

  /**
   * Moves bytes out, the oldest first.
   *
   * @param target gets them at its position, which moves
   * @param most how many at the most
   * @return how many were moved: the least of {@code most}, {@link #size()} and what remains of the
   *     target
   */
  int moveTo(ByteBuffer target, int most);

  /** Drops everything. */
  void clear();
}
