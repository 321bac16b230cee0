package io.picomux;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How much of the heap is in use after its collections, while there are any. Needs the module
 * {@code java.management}; where an image leaves that out, nothing is known. Safe for concurrent
 * use.
 */
final class HeapUsage {
  /**
   * How long what a collection has found counts; chosen by judgement: a heap that is short of
   * memory is collected many times in that time, and one that is not may be full of garbage.
   */
  private static final long VALID_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final boolean KNOWN = ModuleLayer.boot().findModule("java.management").isPresent();

  private static long collections = -1;
  private static long changedNanoTime;

  private HeapUsage() {}

  /** Returns the bytes in use after the latest collections, 0 when they say nothing of now. */
  static long afterCollectionBytes() {
    return KNOWN && isRecent(Beans.collections(), System.nanoTime()) ? Beans.usedBytes() : 0;
  }

  /** Returns whether there was a collection lately, as far as calls of this method can tell. */
  private static synchronized boolean isRecent(long count, long nowNanoTime) {
    if (count != collections) {
      boolean first = collections < 0;
      collections = count;
      changedNanoTime = nowNanoTime;
      return !first;
    }
    return nowNanoTime - changedNanoTime < VALID_NANOS;
  }

  /**
   * A class of its own, as it can be loaded only where the module is there. The collectors and
   * pools of a JVM stay the same; to find them anew for each session would be a fifteenth of what
   * the session costs a server.
   */
  private static final class Beans {
    private static final List<GarbageCollectorMXBean> COLLECTORS =
        ManagementFactory.getGarbageCollectorMXBeans();

    private static final List<MemoryPoolMXBean> HEAP_POOLS =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .toList();

    static long collections() {
      long count = 0;
      for (GarbageCollectorMXBean bean : COLLECTORS) {
        count += bean.getCollectionCount();
      }
      return count;
    }

    static long usedBytes() {
      long bytes = 0;
      for (MemoryPoolMXBean pool : HEAP_POOLS) {
        MemoryUsage usage = pool.getCollectionUsage();
        bytes += usage == null ? 0 : usage.getUsed();
      }
      return bytes;
    }
  }
}
