package io.picomux;

import java.util.concurrent.atomic.LongAdder;

/** What all sessions of the process have done. Safe for concurrent use. */
final class ProcessCounters {
  static final LongAdder SESSIONS_OPENED = new LongAdder();
  static final LongAdder SESSIONS_ENDED = new LongAdder();
  static final LongAdder STREAMS_OPENED = new LongAdder();
  static final LongAdder BYTES_READ = new LongAdder();
  static final LongAdder BYTES_WRITTEN = new LongAdder();

  private ProcessCounters() {}

  static ProcessStats snapshot() {
    long ended = SESSIONS_ENDED.sum();
    long opened = SESSIONS_OPENED.sum();
    return new ProcessStats(
        opened,
        Math.max(0, opened - ended),
        STREAMS_OPENED.sum(),
        BYTES_READ.sum(),
        BYTES_WRITTEN.sum(),
        ProcessMemory.SHARED.unreadBytes(),
        ProcessMemory.UNREAD_POOL_BYTES,
        ProcessMemory.SHARED.queuedBytes(),
        ProcessMemory.QUEUE_POOL_BYTES);
  }
}
