package io.picomux.benchmarks.link;

import io.picomux.MuxStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Waits for the echo of one byte without a thread of its own, and then for what should not come.
 * Safe for concurrent use.
 */
final class CallbackWatch implements Runnable {
  private final MuxStream stream;
  private final Connection.IdleWatch watch;

  /** Guarded by this. */
  private boolean echoed;

  CallbackWatch(MuxStream stream, Connection.IdleWatch watch) {
    this.stream = stream;
    this.watch = watch;
  }

  @Override
  public synchronized void run() {
    try {
      int n;
      while ((n = stream.tryRead(ByteBuffer.allocate(1))) > 0) {
        if (echoed) {
          throw RawLink.tooMuch();
        }
        echoed = true;
        watch.echoed();
      }
      if (n < 0) {
        throw new EOFException("an idle stream ended");
      }
    } catch (IOException e) {
      watch.failed(e);
    }
  }
}
