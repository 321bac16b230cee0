package io.picomux;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What is known of one direction of a stream: its bytes follow from their place, and its writer
 * says at its end how many were accepted. Safe for concurrent use.
 *
 * @param key of the stream
 * @param end what the writer says at its end
 */
record StressDirection(long key, CompletableFuture<End> end) {
  /**
   * How a writer has ended: the bytes that were accepted, and whether it has dropped the stream.
   */
  record End(long acceptedBytes, boolean reset) {}

  /**
   * What a caller writes into arrays that are its own again; no byte of a stream has this value.
   */
  static final byte CANARY = 0x5A;

  /** Longer than any call may take, so that the watchdog of the run speaks first. */
  private static final long LAST_WORD_SECONDS = 300;

  StressDirection(long key) {
    this(key, new CompletableFuture<>());
  }

  /** Returns the byte at a place. */
  byte at(long position) {
    byte value = (byte) (key * 31 + position + position / 251);
    return value == CANARY ? 0 : value;
  }

  void fill(byte[] array, int length, long from) {
    for (int i = 0; i < length; i++) {
      array[i] = at(from + i);
    }
  }

  /** Checks bytes that were read at a place. */
  void check(byte[] array, int length, long from) {
    for (int i = 0; i < length; i++) {
      if (array[i] != at(from + i)) {
        throw new AssertionError(
            "stream "
                + key
                + ": byte "
                + array[i]
                + " at "
                + (from + i)
                + ", must be "
                + at(from + i));
      }
    }
  }

  /** A reader has found the end of the stream after so many bytes. */
  void checkCleanEnd(long position) {
    // Unlike get, join is not cut short by an interrupt.
    End written = end.copy().orTimeout(LAST_WORD_SECONDS, TimeUnit.SECONDS).join();
    if (written.reset) {
      throw new AssertionError("stream " + key + " was reset and ends cleanly after " + position);
    }
    if (written.acceptedBytes != position) {
      throw new AssertionError(
          "stream "
              + key
              + " ends cleanly after "
              + position
              + " of "
              + written.acceptedBytes
              + " bytes");
    }
  }
}
