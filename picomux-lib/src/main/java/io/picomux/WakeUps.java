package io.picomux;

import io.picomux.core.WireFormat;
import io.picomux.log.GuardedLogger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whom the input of the loop's turn wakes, or that of several reads of a transport that blocks.
 * Owned by the session's reader; what may be called by other threads says so.
 *
 * <p>Each thread that is woken by itself may take the processor from the one that reads for all, a
 * virtual one by way of a carrier that has just gone to sleep. And each would write its answer by
 * itself. So all wait for the end of the loop's turn:
 *
 * <ul>
 *   <li>Those who have waited for much are woken by the loop.
 *   <li>Several virtual threads that have waited for little, or for the end of a stream, or for a
 *       new one, make a <em>turn</em>: a virtual thread wakes them, lets them run by going to the
 *       end of its scheduler's queue itself, and then has all that they have brought written at
 *       once.
 * </ul>
 *
 * <p>Measured with 60 round trips at a time: 1.6 times as many, with a seventh of the writes.
 */
final class WakeUps {
  /** Somebody who may wait. */
  interface Sleeper {
    /** Wakes who waits; quick, and called without any lock. */
    void wake();
  }

  /**
   * What is much for a thread that waits. Chosen by judgement: one full frame, more than those
   * bring who wait for answers.
   */
  private static final int BULK_BYTES = WireFormat.DATA_BODY_BYTES;

  /**
   * In a piece of input of this length there is bulk data, and whoever waits for a small answer in
   * it is woken at once: more may come before the turn ends. Chosen by judgement: six full frames.
   */
  static final int LARGE_INPUT_BYTES = 48 << 10;

  /** Fewer make no turn: whoever waits alone is woken without another thread in between. */
  private static final int LEAST_OF_TURN = 2;

  /**
   * So many that wait for data make a turn, the others the next one, so that the peer has something
   * to do while they run. Measured with 60 round trips at a time on two processors: a tenth more of
   * them than with all at once, and a fifth more than with 12.
   */
  private static final int MOST_OF_TURN = 32;

  private static final ThreadFactory TURNS =
      Thread.ofVirtual().name("picomux-turn").inheritInheritableThreadLocals(false).factory();

  private static final System.Logger LOG = GuardedLogger.ofLibrary();

  private final Session session;
  private List<Sleeper> forMuch = new ArrayList<>();
  private List<Sleeper> forLittle = new ArrayList<>();
  private boolean newStreams;
  private boolean platformForMuch;
  private boolean large;
  private boolean writeWanted;

  /** The thread whose turn it is. */
  private volatile @Nullable Thread collector;

  WakeUps(Session session) {
    this.session = session;
  }

  /** The turn of the calling thread begins: it calls {@link #end}. */
  void begin() {
    collector = Thread.currentThread();
  }

  /** A piece of input is about to be taken in. */
  void beginInput(int bytes) {
    large = bytes >= LARGE_INPUT_BYTES;
  }

  /**
   * Returns whether a thread that has waited for data is woken at the end of the turn, not by the
   * caller.
   *
   * @param bytes what has come for it
   * @param virtual whether it is a virtual thread
   */
  boolean later(Sleeper sleeper, int bytes, boolean virtual) {
    if (bytes < BULK_BYTES) {
      return virtual && later(sleeper, false);
    }
    if (!isCollecting()) {
      return false;
    }
    forMuch.add(sleeper);
    platformForMuch |= !virtual;
    return true;
  }

  /**
   * Returns whether a virtual thread that waits for little data, for the end of a stream or for a
   * new one is woken at the end of the turn, not by the caller. May be called by any thread.
   *
   * @param newStream whether it has waited for a stream, which it gives to a thread to be started
   */
  boolean later(Sleeper sleeper, boolean newStream) {
    if (!isCollecting() || large) {
      return false;
    }
    if (!newStream && forLittle.size() == 1 && forLittle.getFirst().equals(sleeper)) {
      // One that waits alone is not two for having its last data and the end.
      return true;
    }
    forLittle.add(sleeper);
    newStreams |= newStream;
    return true;
  }

  /** The next stream is about to get what is for it; called without any lock. */
  void beginStream() {
    if (forLittle.size() >= MOST_OF_TURN && forMuch.isEmpty()) {
      beginTurn();
    }
  }

  private boolean isCollecting() {
    return collector == Thread.currentThread();
  }

  /**
   * Returns whether what the calling thread has brought is written later, with what the input
   * leaves to write or at the end of the turn: it runs callbacks of the application's on the thread
   * that reads, and several may answer the same input. May be called by any thread.
   */
  boolean writesLater() {
    if (!isCollecting()) {
      return false;
    }
    writeWanted = true;
    return true;
  }

  /**
   * Returns whether {@link #writesLater} has put off a write of the calling thread, which is left
   * to the caller now. May be called by any thread.
   */
  boolean takeWriteWanted() {
    if (!isCollecting() || !writeWanted) {
      return false;
    }
    writeWanted = false;
    return true;
  }

  /** Input has left something to write; what callbacks have brought goes with it. */
  void requestWrite() {
    if (isCollecting() && isTurnDue()) {
      writeWanted = true;
    } else {
      writeWanted = false;
      session.driver().requestWrite(0);
    }
  }

  /** Wakes all who wait for that; called without any lock. */
  void end() {
    collector = null;
    if (isTurnDue()) {
      beginTurn();
    } else {
      wakeAll(forLittle);
      forLittle = SessionReader.emptied(forLittle);
    }
    newStreams = false;
    platformForMuch = false;
    wakeAll(forMuch);
    forMuch = SessionReader.emptied(forMuch);
    if (writeWanted) {
      writeWanted = false;
      session.driver().requestWrite(0);
    }
  }

  /**
   * Returns whether more may come before all are woken who are to be: they have waited for much,
   * and none is a platform thread, which must not depend on a carrier that is free for others.
   */
  boolean mayWaitForMore() {
    return forLittle.isEmpty() && !forMuch.isEmpty() && !platformForMuch && !writeWanted;
  }

  private boolean isTurnDue() {
    return forLittle.size() >= LEAST_OF_TURN && forMuch.isEmpty();
  }

  private void beginTurn() {
    List<Sleeper> sleepers = forLittle;
    forLittle = new ArrayList<>();
    // Threads that those start who take new streams come after them.
    int passes = newStreams ? 2 : 1;
    boolean begun = false;
    try {
      session.driver().beginTurn();
      begun = true;
      TURNS.newThread(() -> run(sleepers, passes)).start();
    } catch (RuntimeException | Error e) {
      // There is no memory for a thread: nobody must sleep on for that.
      wakeAll(sleepers);
      if (begun) {
        session.driver().endTurn();
      }
    }
  }

  private void run(List<Sleeper> sleepers, int passes) {
    try {
      wakeAll(sleepers);
      for (int i = 0; i < passes; i++) {
        letOthersRun();
      }
    } finally {
      session.driver().endTurn();
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // how much is written at once depends on it, no more
  private static void letOthersRun() {
    Thread.yield();
  }

  /** Whatever breaks with one, the others wake. */
  private static void wakeAll(List<Sleeper> sleepers) {
    for (Sleeper sleeper : sleepers) {
      try {
        sleeper.wake();
      } catch (RuntimeException | Error e) {
        LOG.log(System.Logger.Level.ERROR, "defect: a thread that waits was not woken", e);
      }
    }
  }
}
