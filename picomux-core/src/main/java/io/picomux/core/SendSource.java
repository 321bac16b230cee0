package io.picomux.core;

/**
 * Where the data of one stream waits to be sent. The core decides how much goes into which frame;
 * it never touches the bytes. Implementations are called under the session's lock and must not
 * block.
 */
public interface SendSource {
  /**
   * Returns the bytes that were accepted and are not yet promised to a frame, 0 or more. The number
   * may grow at any time. It shrinks, always under the session's lock, through {@link #scheduled},
   * when the application takes bytes back, or to 0 for ever once sending has failed.
   */
  int pendingBytes();

  /**
   * Promises the oldest pending bytes to the frame that the core has just handed out.
   *
   * @param bytes 1 to {@link #pendingBytes()}
   */
  void scheduled(int bytes);

  /**
   * What is pending cannot be sent for now: the peer grants no credit, or the connection takes
   * nothing. The next call of {@link #scheduled} says that it goes on.
   */
  default void heldUp() {}
}
