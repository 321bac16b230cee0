package io.picomux.buffer;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process-wide stock of byte arrays of the largest segment size: in bulk the same few arrays go
 * round instead of being allocated and cleared anew for every two frames. What an array held before
 * is still in it. Safe for concurrent use.
 */
final class LargeArrays {
  /** The size of each array. */
  static final int BYTES = 16_384;

  /** Arrays kept at the most, 4 MiB; chosen by judgement: what a few streams in bulk turn over. */
  private static final int MOST_KEPT_OF_ALL = 256;

  /** The part of the maximum heap that they may take, where that is less. */
  private static final int HEAP_FRACTION = 64;

  private static final int MOST_KEPT =
      (int) Math.min(MOST_KEPT_OF_ALL, Runtime.getRuntime().maxMemory() / HEAP_FRACTION / BYTES);

  private static final ConcurrentLinkedQueue<byte[]> STOCK = new ConcurrentLinkedQueue<>();
  private static final AtomicInteger KEPT = new AtomicInteger();

  private LargeArrays() {}

  /** Returns an array with unspecified contents. */
  static byte[] take() {
    byte[] array = STOCK.poll();
    if (array == null) {
      return new byte[BYTES];
    }
    KEPT.decrementAndGet();
    return array;
  }

  /** Gives an array of the right size back; the caller does not use it any more. */
  static void giveBack(byte[] array) {
    if (KEPT.incrementAndGet() > MOST_KEPT) {
      KEPT.decrementAndGet();
    } else {
      STOCK.add(array);
    }
  }
}
