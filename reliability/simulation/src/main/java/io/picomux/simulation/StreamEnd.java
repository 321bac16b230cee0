package io.picomux.simulation;

import org.jspecify.annotations.Nullable;

/** One end of a stream in the hands of whoever uses it. Not thread-safe. */
interface StreamEnd {
  /** Returns the stream, or null while there is none. */
  @Nullable StreamPort port();

  /** Returns whether this end has neither ended nor lost its sending direction, as it knows. */
  boolean isSending();

  /** Returns whether more may come, as this end knows. */
  boolean isReceiving();

  /** Returns the bytes that were read. */
  long readBytes();
}
