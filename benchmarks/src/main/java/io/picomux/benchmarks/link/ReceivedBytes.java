package io.picomux.benchmarks.link;

import java.util.concurrent.atomic.LongAdder;

/** What the sinks of this process have received, all together. Safe for concurrent use. */
public final class ReceivedBytes {
  private static final LongAdder TOTAL = new LongAdder();

  private ReceivedBytes() {}

  /** Counts bytes that a sink has read. */
  public static void add(int bytes) {
    TOTAL.add(bytes);
  }

  /** Returns the number since the start of the process. */
  public static long total() {
    return TOTAL.sum();
  }
}
