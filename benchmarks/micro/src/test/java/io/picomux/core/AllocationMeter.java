package io.picomux.core;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Tells how many bytes of heap the calling thread allocates in a piece of work. */
final class AllocationMeter {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private AllocationMeter() {}

  /** What is measured. */
  @FunctionalInterface
  interface Work {
    /** Does it once; returns a number that depends on all of it. */
    long run() throws ProtocolViolationException;
  }

  /** Does the work so often; returns how many bytes that has allocated. */
  static long bytesOf(Work work, long times) throws ProtocolViolationException {
    long before = allocatedBytes();
    long sum = 0;
    for (long i = 0; i < times; i++) {
      sum += work.run();
    }
    long bytes = allocatedBytes() - before;
    if (sum == 0) {
      throw new IllegalStateException("the work has done nothing");
    }
    return bytes;
  }

  private static long allocatedBytes() {
    return THREADS.getThreadAllocatedBytes(Thread.currentThread().threadId());
  }
}
