package io.picomux.benchmarks.link;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;

/**
 * One stream between client and server, whatever carries it. One reader and one writer at a time.
 */
public interface PeerStream extends Closeable {

  /** Reads some bytes, waiting for the first; returns how many, -1 at the end of the stream. */
  int read(byte[] target, int offset, int length) throws IOException;

  /** Writes the whole range. */
  void write(byte[] source, int offset, int length) throws IOException;

  /**
   * Fills the whole array.
   *
   * @throws EOFException when the stream ends before that
   */
  default void readFully(byte[] target) throws IOException {
    int filled = 0;
    while (filled < target.length) {
      int n = read(target, filled, target.length - filled);
      if (n < 0) {
        throw new EOFException(
            "the stream ended after " + filled + " of " + target.length + " bytes");
      }
      filled += n;
    }
  }
}
