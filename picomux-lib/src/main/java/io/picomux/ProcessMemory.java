package io.picomux;

import io.picomux.engine.SharedMemory;

/** The memory that all sessions of the process share. Safe for concurrent use. */
final class ProcessMemory {
  /** The part of the maximum heap that unread data may take. */
  private static final int UNREAD_HEAP_FRACTION = 4;

  /**
   * The part of the maximum heap that queued data may take; chosen by judgement: half of the pool
   * for unread data, for what waits here only decouples writers from the network.
   */
  private static final int QUEUED_HEAP_FRACTION = 8;

  static final long HEAP_BYTES = Runtime.getRuntime().maxMemory();
  static final long UNREAD_POOL_BYTES = HEAP_BYTES / UNREAD_HEAP_FRACTION;
  static final long QUEUE_POOL_BYTES = HEAP_BYTES / QUEUED_HEAP_FRACTION;

  static final SharedMemory SHARED =
      new SharedMemory(
          UNREAD_POOL_BYTES,
          QUEUE_POOL_BYTES,
          task -> Thread.ofVirtual().name("picomux-room").start(task));

  private ProcessMemory() {}
}
