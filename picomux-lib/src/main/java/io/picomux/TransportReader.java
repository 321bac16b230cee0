package io.picomux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The reader's role of a session over a transport that blocks, on a thread of its own.
 *
 * <p>Nobody can tell whether the next read would wait. But a record of TLS that is full is mostly
 * followed by another one at once: those who wait for much are woken after several of these
 * together, for each wake-up costs more than the bytes of a record. A watcher wakes them when
 * nothing follows. Measured with four records together: one stream carries 1.1 to 1.2 times as much
 * in both directions, ten 1.1 times, 60 as much or a little less. Without TLS ten streams carried
 * 0.84 times as much, so that there each read wakes those it is for.
 */
final class TransportReader {
  /** What is read at once; chosen by judgement: records of TLS have 16 KiB. */
  static final int READ_BYTES = 32 << 10;

  /**
   * After so many bytes all are woken who wait for them: eight full records. Measured with TLS on
   * one stream, by turns: with four it carries 0.88 to 0.97 times as much, with sixteen the same.
   */
  private static final int TURN_BYTES = 8 * StreamTransport.FULL_RECORD_BYTES;

  /**
   * How often the watcher looks: who waits is woken after one to two times that when nothing
   * follows. Chosen by judgement: long enough for a read that does not wait.
   */
  private static final long WATCH_NANOS = 1_000_000;

  /**
   * So many full reads wake at once after one that nothing has followed. Chosen by judgement: who
   * sends answers of just that length waits for the watcher with few of them.
   */
  private static final int DOUBTFUL_READS = 64;

  /** After so many looks that found nobody new the watcher rests; chosen by judgement. */
  private static final int MOST_IDLE_LOOKS = 16;

  private final Session session;
  private final Transport transport;
  private final int fullReadBytes;
  private final DeadlineTimer watcher;
  private final AtomicBoolean watching = new AtomicBoolean();

  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.

  /** Whether input is taken in, without the lock: meanwhile the turn is the reading thread's. */
  private boolean taking;

  private boolean collecting;
  private int turns;
  private int turnsSeen;
  private int idleLooks;
  private int doubtfulReads;

  // Owned by the reading thread.
  private int turnBytes;
  private boolean watcherStarted;

  private volatile boolean closed;

  /**
   * Creates the reader of a session.
   *
   * @param fullReadBytes how much a read brings that is likely to be followed by another one at
   *     once, more than {@link #READ_BYTES} when none is
   */
  TransportReader(Session session, Transport transport, int fullReadBytes) {
    this.session = session;
    this.transport = transport;
    this.fullReadBytes = fullReadBytes;
    this.watcher = new DeadlineTimer("picomux-" + session.id() + "-watcher", this::look);
  }

  /**
   * Reads until the transport ends or fails, or {@link #close} is called.
   *
   * @param early bytes that were read before, or null
   */
  void run(@Nullable ByteBuffer early) {
    byte[] bytes = new byte[READ_BYTES];
    try {
      if (early != null && early.hasRemaining()) {
        take(early, false);
      }
      int n;
      while (!closed && (n = transport.read(bytes, 0, bytes.length)) >= 0) {
        if (n == 0) {
          // Asking again at once would keep a processor busy for as long as the session lives.
          throw new IOException("a read has returned 0 bytes; it must wait for the first");
        }
        if (take(ByteBuffer.wrap(bytes, 0, n), n >= fullReadBytes)) {
          watch();
        }
      }
      endTurn();
      session.onInputEnd();
    } catch (Throwable e) {
      endTurn();
      session.onTransportFailure(e);
    }
  }

  /** Reads nothing for a while; called while input is taken in. */
  void pause(long nanos) {
    endTurn();
    LockSupport.parkNanos(this, nanos);
  }

  /** Reads no more; the thread may still wait in the transport, which is closed next. */
  void close() {
    closed = true;
    watcher.stop();
  }

  /**
   * Takes in what was read.
   *
   * @param full whether more is likely to follow at once
   * @return whether there are threads that wait until more has come
   */
  boolean take(ByteBuffer input, boolean full) {
    beginTaking();
    turnBytes += input.remaining();
    boolean collects;
    try {
      session.onInput(input);
    } finally {
      collects = endTaking(full);
    }
    return collects;
  }

  private void beginTaking() {
    lock.lock();
    try {
      taking = true;
      if (!collecting) {
        collecting = true;
        turnBytes = 0;
        turns++;
        session.reader().wakeUps().begin();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether the turn goes on. */
  private boolean endTaking(boolean full) {
    lock.lock();
    try {
      taking = false;
      boolean more = full && doubtfulReads == 0;
      if (full && doubtfulReads > 0) {
        doubtfulReads--;
      }
      if (!more || turnBytes >= TURN_BYTES || !session.reader().wakeUps().mayWaitForMore()) {
        endTurn();
      }
      return collecting;
    } finally {
      lock.unlock();
    }
  }

  private void endTurn() {
    lock.lock();
    try {
      if (collecting) {
        collecting = false;
        session.reader().wakeUps().end();
      }
    } finally {
      lock.unlock();
    }
  }

  private void watch() {
    if (!watching.get() && watching.compareAndSet(false, true)) {
      if (!watcherStarted) {
        watcherStarted = true;
        watcher.start();
      }
      watcher.set(System.nanoTime() + WATCH_NANOS);
    }
  }

  /** Ends a turn that was the same at the last look; by the watcher. */
  void look() {
    try {
      if (rests()) {
        return;
      }
    } catch (Throwable e) {
      session.onTransportFailure(e);
    }
    watcher.set(System.nanoTime() + WATCH_NANOS);
  }

  private boolean rests() {
    lock.lock();
    try {
      boolean same = turns == turnsSeen;
      turnsSeen = turns;
      idleLooks = same ? idleLooks + 1 : 0;
      if (same && collecting && !taking) {
        doubtfulReads = DOUBTFUL_READS;
        endTurn();
      }
      if (idleLooks < MOST_IDLE_LOOKS || taking) {
        return false;
      }
      idleLooks = 0;
      // A turn that begins after this finds that nobody watches.
      watching.set(false);
      return true;
    } finally {
      lock.unlock();
    }
  }
}
