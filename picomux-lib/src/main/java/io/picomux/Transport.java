package io.picomux;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A connection that carries bytes both ways, in order and without loss. A session reads with one
 * thread and writes with another, so the two directions must not block each other.
 */
public interface Transport extends Closeable {
  /**
   * Reads some bytes, waiting for the first.
   *
   * @return how many were read, 1 or more, or -1 at the end
   * @throws IOException when the connection has failed
   */
  int read(byte[] buffer, int offset, int length) throws IOException;

  /**
   * Writes bytes and flushes them.
   *
   * @throws IOException when the connection has failed
   */
  void write(byte[] buffer, int offset, int length) throws IOException;

  /**
   * Ends our direction after what was written, if the connection can do that; does nothing else.
   *
   * @throws IOException when the connection has failed
   */
  default void shutdownOutput() throws IOException {}

  /** Returns the address of the peer, or null when there is none. */
  default @Nullable SocketAddress remoteAddress() {
    return null;
  }

  /**
   * Ends the connection. A read or a write that waits in another thread must return or throw soon:
   * a session calls this from a thread of its own and does not wait for long.
   */
  @Override
  void close() throws IOException;
}
