package io.picomux.core;

/**
 * What the benchmarks of decoder and encoder fill their buffers with: as many frames of a kind as
 * one read or write of a session takes.
 */
final class FrameMix {
  /** What a session reads or writes at once. */
  static final int BUFFER_BYTES = 64 << 10;

  /** Full data frames with a buffer of data; their headers come on top. */
  static final int FULL_FRAMES = BUFFER_BYTES / WireFormat.DATA_BODY_BYTES;

  /** The body of a small data frame: a message of an interactive stream. */
  static final int SMALL_BODY_BYTES = 100;

  /** Small data frames in a buffer. */
  static final int SMALL_FRAMES = BUFFER_BYTES / (WireFormat.HEADER_BYTES + SMALL_BODY_BYTES);

  /** MORE frames in a buffer. */
  static final int MORE_FRAMES =
      BUFFER_BYTES / (WireFormat.HEADER_BYTES + WireFormat.MORE_BODY_BYTES);

  /** FIN frames in a buffer, which have no body. */
  static final int FIN_FRAMES = BUFFER_BYTES / WireFormat.HEADER_BYTES;

  /** The body of a SYN: the metadata of a tunnel is about so long. */
  static final int METADATA_BYTES = 20;

  /** SYN frames in a buffer. */
  static final int SYN_FRAMES = BUFFER_BYTES / (WireFormat.HEADER_BYTES + METADATA_BYTES);

  private FrameMix() {}
}
