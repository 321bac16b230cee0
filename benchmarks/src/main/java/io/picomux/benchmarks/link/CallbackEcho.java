package io.picomux.benchmarks.link;

import io.picomux.MuxStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Echoes a stream without a thread of its own: it is called when there is something to read, or
 * again room to write. Safe for concurrent use: a call with nothing to do does nothing.
 */
final class CallbackEcho implements Runnable {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /** What one read takes; chosen by judgement: idle streams say little. */
  private static final int READ_BYTES = 64;

  private final MuxStream stream;

  /** Bytes of the request that have come; null once it is complete. Guarded by this. */
  private @Nullable ByteBuffer request = ByteBuffer.allocate(Request.LENGTH_BYTES);

  /** Read and not yet accepted by the stream. Guarded by this. */
  private ByteBuffer unsent = NOTHING;

  CallbackEcho(MuxStream stream) {
    this.stream = stream;
  }

  @Override
  public synchronized void run() {
    try {
      if (!isRequestComplete()) {
        return;
      }
      while (isEverythingSent()) {
        ByteBuffer bytes = ByteBuffer.allocate(READ_BYTES);
        int n = stream.tryRead(bytes);
        if (n < 0) {
          stream.close();
          return;
        }
        if (n == 0) {
          return;
        }
        unsent = bytes.flip();
      }
    } catch (IOException e) {
      // The client has closed the stream or its session; what went wrong for it, it reports.
      stream.reset();
    }
  }

  private boolean isRequestComplete() throws IOException {
    ByteBuffer incomplete = request;
    if (incomplete == null) {
      return true;
    }
    while (incomplete.hasRemaining()) {
      int n = stream.tryRead(incomplete);
      if (n < 0) {
        throw new IOException("the stream ended within its request");
      }
      if (n == 0) {
        return false;
      }
    }
    Request asked = Request.decode(incomplete.flip());
    if (asked.mode() != Request.Mode.ECHO) {
      throw new IOException("callbacks serve no " + asked.mode());
    }
    request = null;
    return true;
  }

  /** Sends what is left; when there is no room for all of it, asks to be called again. */
  private boolean isEverythingSent() throws IOException {
    if (unsent.hasRemaining()) {
      stream.tryWrite(unsent);
      if (unsent.hasRemaining()) {
        stream.onWritable(this);
        return false;
      }
    }
    unsent = NOTHING;
    return true;
  }
}
