package io.picomux.buffer;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process-wide stock of direct buffers of one size, for sessions that are writing at the moment;
 * idle sessions hold none. Safe for concurrent use.
 */
public final class DirectBuffers {
  private final int bufferBytes;
  private final int mostKept;
  private final ConcurrentLinkedQueue<ByteBuffer> stock = new ConcurrentLinkedQueue<>();
  private final AtomicInteger kept = new AtomicInteger();

  /**
   * Creates an empty stock.
   *
   * @param bufferBytes the size of each buffer
   * @param mostKept how many unused buffers are kept; more are left to the garbage collector
   */
  public DirectBuffers(int bufferBytes, int mostKept) {
    this.bufferBytes = bufferBytes;
    this.mostKept = mostKept;
  }

  /** Returns a cleared buffer. */
  public ByteBuffer take() {
    ByteBuffer buffer = stock.poll();
    if (buffer == null) {
      return ByteBuffer.allocateDirect(bufferBytes);
    }
    kept.decrementAndGet();
    return buffer.clear();
  }

  /** Gives a buffer back; the caller does not use it any more. */
  public void giveBack(ByteBuffer buffer) {
    if (kept.incrementAndGet() > mostKept) {
      kept.decrementAndGet();
    } else {
      stock.add(buffer);
    }
  }
}
