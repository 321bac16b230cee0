package io.picomux.core;

/**
 * The layout of a frame and every number of the wire. Nothing else in the code spells them.
 *
 * <pre>
 *    0               1               2               3
 *    +---------------+---------------+-------------------------------+
 *    |  version = 1  |    command    |   body length, little endian  |
 *    +---------------+---------------+-------------------------------+
 *    |                  stream id, little endian                     |
 *    +---------------------------------------------------------------+
 *    |                  body, 0 to 65,535 bytes                      |
 * </pre>
 *
 * <p>Source: the Rust crate picomux, versions 0.1.14 to 0.3.3; the layout is the same in all.
 */
public final class WireFormat {
  /** The only version there is. The crate sends it and never checks it. */
  public static final int VERSION = 1;

  /** Bytes of a frame before its body. */
  public static final int HEADER_BYTES = 8;

  /** The longest body that the 16-bit length field can announce. */
  public static final int MAX_BODY_BYTES = 65_535;

  /**
   * The longest data body that we send: picomux 0.1.14 and later cut their writes at 8192 bytes.
   */
  public static final int DATA_BODY_BYTES = 8_192;

  /** Bytes in the body of MORE: one little-endian u16. */
  public static final int MORE_BODY_BYTES = 2;

  /** The most credit that one MORE can carry. */
  public static final int MAX_MORE_FRAMES = 65_535;

  /** Data frames that each side may send on a fresh stream: picomux 0.1.14 INIT_WINDOW. */
  public static final int INITIAL_WINDOW_FRAMES = 10;

  /** Stream id of the frames that belong to no stream (PING, PONG). */
  public static final int NO_STREAM_ID = 0;

  private WireFormat() {}
}
