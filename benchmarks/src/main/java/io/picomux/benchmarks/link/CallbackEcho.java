package io.picomux.benchmarks.link;

import io.picomux.MuxStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Echoes a stream without a thread of its own: it is called when there is something to read, or
 * again room to write. Safe for concurrent use: a call with nothing to do does nothing.
 */
final class CallbackEcho implements Runnable {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** What one read takes, the same as with a thread for each stream. */
  private static final int READ_BYTES = StreamService.ECHO_BYTES;

  private static final ThreadLocal<ByteBuffer> INPUT =
      ThreadLocal.withInitial(() -> ByteBuffer.allocate(READ_BYTES));

  private final MuxStream stream;
  private final Object lock;

  /** Read and not yet accepted by the stream. Guarded by the lock. */
  private ByteBuffer unsent = NOTHING;

  /**
   * Creates the echo.
   *
   * @param lock guards all callbacks that may call each other
   */
  CallbackEcho(MuxStream stream, Object lock) {
    this.stream = stream;
    this.lock = lock;
  }

  @Override
  public void run() {
    synchronized (lock) {
      echo();
    }
  }

  private void echo() {
    try {
      if (unsent.hasRemaining() && !isSent(unsent)) {
        return;
      }
      unsent = NOTHING;
      ByteBuffer bytes = INPUT.get();
      int n;
      while ((n = stream.tryRead(bytes.clear())) > 0) {
        if (!isSent(bytes.flip())) {
          unsent = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
          stream.onWritable(this);
          return;
        }
      }
      if (n < 0) {
        stream.close();
      }
    } catch (IOException | RuntimeException e) {
      // Whatever it is, the client finds that it does not work, and reports it.
      stream.reset();
    }
  }

  private boolean isSent(ByteBuffer bytes) throws IOException {
    stream.tryWrite(bytes);
    return !bytes.hasRemaining();
  }
}
