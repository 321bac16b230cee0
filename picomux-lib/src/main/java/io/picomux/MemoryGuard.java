package io.picomux;

import io.picomux.core.SessionEnd;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What happens when the sessions of the process hold more than their pools are meant for, because
 * there are so many that their floors alone fill the heap: first servers begin no more sessions,
 * then the session that holds most is ended. Safe for concurrent use.
 */
final class MemoryGuard {
  /**
   * Up to here the pools share by themselves: the two of unread data and what is taken from the
   * second one for sending. No new sessions above.
   */
  static final long REFUSE_BYTES = ProcessMemory.HEAP_BYTES / 2;

  /**
   * Above this the session that holds most is ended; chosen by judgement: what is left must do for
   * the sessions themselves, for the application and for the collector to work.
   */
  static final long SHED_BYTES = ProcessMemory.HEAP_BYTES / 8 * 5;

  /** No new sessions while so much of the heap is in use after collections. */
  private static final long REFUSE_HEAP_BYTES = ProcessMemory.HEAP_BYTES / 5 * 4;

  private static final Set<Session> SESSIONS = ConcurrentHashMap.newKeySet();
  private static final ReentrantLock SHEDDING = new ReentrantLock();

  private MemoryGuard() {}

  static void add(Session session) {
    SESSIONS.add(session);
  }

  static void remove(Session session) {
    SESSIONS.remove(session);
  }

  /** Returns whether there is too little memory for one more session. */
  static boolean isMemoryLittle() {
    return heldBytes() > REFUSE_BYTES || HeapUsage.afterCollectionBytes() > REFUSE_HEAP_BYTES;
  }

  /**
   * Ends the sessions that hold most while all hold too much; called without any lock, by whoever
   * has just stored data.
   */
  static void shedIfNeeded() {
    if (heldBytes() <= SHED_BYTES || !SHEDDING.tryLock()) {
      return;
    }
    try {
      long held;
      while ((held = heldBytes()) > SHED_BYTES) {
        Session most =
            SESSIONS.stream().max(Comparator.comparingLong(Session::memoryBytes)).orElse(null);
        if (most == null) {
          return;
        }
        most.end(
            SessionEnd.OVERLOADED,
            "all sessions of the process hold "
                + held
                + " bytes unread or queued, at most "
                + SHED_BYTES
                + " are allowed; this one held most, "
                + most.memoryBytes(),
            null);
        SESSIONS.remove(most);
      }
    } finally {
      SHEDDING.unlock();
    }
  }

  private static long heldBytes() {
    return ProcessMemory.SHARED.unreadBytes() + ProcessMemory.SHARED.queuedBytes();
  }
}
