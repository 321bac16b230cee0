package io.picomux.benchmarks.scenario;

import java.io.IOException;
import java.lang.management.ManagementFactory;

/**
 * The memory of this process after a full collection.
 *
 * @param residentKb what of it lies in RAM, in KiB
 * @param heapBytes what lives in the heap
 */
public record OwnMemory(long residentKb, long heapBytes) {

  /** Collects garbage and looks. */
  public static OwnMemory now() throws IOException {
    System.gc();
    long residentKb = ResidentMemory.ofProcess(ProcessHandle.current().pid());
    return new OwnMemory(
        residentKb, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
  }
}
