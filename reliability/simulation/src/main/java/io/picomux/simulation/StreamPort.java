package io.picomux.simulation;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a stream as a program uses it, whatever it belongs to. No method waits. Not
 * thread-safe.
 */
interface StreamPort {
  /** Why a stream ended before its time. */
  final class FailedException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Creates one.
     *
     * @param reason the name of the typed reason
     */
    FailedException(String reason) {
      super(reason, null, false, false);
    }
  }

  /** Writes what there is room for. */
  void write(ByteBuffer source) throws FailedException;

  /** Returns how many bytes were read, 0 when there are none yet, -1 at the end. */
  int read(ByteBuffer target) throws FailedException;

  /** Sets who is told that there may be something to read, and that there may be room. */
  void listen(Runnable readable, Runnable writable);

  /** Returns why what was accepted may not arrive, or null. */
  @Nullable String sendFailure();

  /** Returns whether what has not been read may be missing. */
  boolean hasFailedToReceive();

  void finish(boolean mayHold);

  void close();

  void reset();

  /** Returns the number of the stream on the wire. */
  int id();

  /** Returns the frames that the peer allows us to send. */
  int sendCredit();

  /** Returns the frames that we allow the peer to send. */
  int receiveCredit();
}
