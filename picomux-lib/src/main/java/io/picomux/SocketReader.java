package io.picomux;

import io.picomux.buffer.DirectBuffers;
import io.picomux.loop.EventLoop;
import io.picomux.loop.Registration;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * The reader's role of a session over a socket channel. Safe for concurrent use.
 *
 * <p>The loop reads as long as little comes, and when much comes for several threads: it wakes them
 * together. When much comes for one, each piece would wake that thread, and would often be more
 * than its array takes. Then the thread reads by itself, while it waits and for all streams: it is
 * the <em>leader</em>. The loop has the role again as soon as there is nothing to read, when what
 * comes is for others, and when no leader comes any more.
 *
 * <p>Whoever holds the role calls the session, and never waits with it.
 */
final class SocketReader {
  /**
   * So much the loop reads while large reads follow each other, before it wakes all who wait for
   * what has come. Chosen by judgement: half a millisecond on loopback, so that neither other
   * sessions nor the first of those who wait would notice.
   */
  private static final int TURN_BYTES = 1 << 20;

  /** After so long it reads no more of tiny frames, which take many times longer than data. */
  private static final long TURN_NANOS = 400_000;

  /** So many large reads of the loop are bulk for one reader, where leaders have been of use. */
  private static final int LEAST_PATIENCE_READS = 1;

  /**
   * So many where they were of none again and again. Chosen by judgement: it is tried anew with
   * each 16 MB or so.
   */
  private static final int MOST_PATIENCE_READS = 64;

  /** By so much the patience grows when a leader was of no use; chosen by judgement. */
  private static final int PATIENCE_FACTOR = 2;

  /**
   * So many reads in a row were of use: the leaders found what they waited for. Chosen by
   * judgement: a megabyte.
   */
  private static final int PROVEN_READS = 16;

  /** What a leader reads at once: so many bytes of frames fit an array of 64 KiB. */
  private static final int LEADER_READ_BYTES = 64 << 10;

  /**
   * So often a leader finds nothing before it leaves the waiting to the loop. Chosen by judgement:
   * the peer, or a thread that has the processor, may need a moment.
   */
  private static final int MOST_EMPTY_READS = 4;

  /**
   * How long the loop lets the role lie after a leader has left it. Chosen by judgement: so long
   * other streams may have to wait when the leader's thread has something else to do, and so often
   * the loop wakes.
   */
  private static final long WATCH_NANOS = 1_000_000;

  /**
   * What comes for the same thread, or for callbacks on the loop, within so long of what came
   * before is quick, and so long the loop looks for more of it instead of waiting. Chosen by
   * judgement: a round trip within one machine, in which threads have to be woken.
   */
  private static final long QUICK_NANOS = 200_000;

  /**
   * The same while the loop does look. Chosen by judgement: a round trip within one machine in
   * which no selector thread has to be woken; where the network takes longer, looking is a waste.
   */
  private static final long QUICKER_NANOS = 100_000;

  /** So many quick reads of the loop are worth to look for the next. */
  private static final int QUICK_READS = 16;

  /** Quick reads beyond which more do not count. */
  private static final int MOST_QUICK_READS = 2 * QUICK_READS;

  /** So many of them one that is not quick takes away. */
  private static final int QUICK_READS_LOST = QUICK_READS / 4;

  /** Read buffers that are kept for the next leaders. */
  private static final int KEPT_BUFFERS = 16;

  private static final DirectBuffers BUFFERS = new DirectBuffers(LEADER_READ_BYTES, KEPT_BUFFERS);

  private final Session session;
  private final SocketChannel channel;
  private final Registration registration;
  private final AtomicBoolean taken = new AtomicBoolean();

  /** Whether threads of the application may lead; changed by the holder of the role. */
  private volatile boolean bulk;

  /** Reads of leaders; written by the holder of the role. */
  private volatile int leaderReads;

  // Owned by the holder of the role.
  private boolean inputEnded;
  private boolean pauseAsked;
  private int usefulReads;
  private int patienceReads = LEAST_PATIENCE_READS;

  // Owned by the loop.
  private int seenLeaderReads;
  private int largeReads;
  private int quickReads;
  private long readNanoTime;
  private boolean deadlineWaits;
  private int readsAtDeadline;

  SocketReader(Session session, SocketChannel channel, Registration registration) {
    this.session = session;
    this.channel = channel;
    this.registration = registration;
  }

  // ---- for the loop, on its thread

  /** The channel can be read. */
  void onReadable(ByteBuffer scratch) {
    if (!taken.compareAndSet(false, true)) {
      registration.pauseReading(WATCH_NANOS);
      return;
    }
    try {
      if (bulk && leaderReads != seenLeaderReads) {
        seenLeaderReads = leaderReads;
        registration.pauseReading(WATCH_NANOS);
        return;
      }
      if (bulk) {
        bulk = false;
        losePatience();
      }
      int bytes = readTurn(scratch);
      boolean calledBack = session.callbacks().takeRanOnLoop();
      boolean paused = takePauseAsked();
      if (largeReads >= patienceReads && !paused) {
        largeReads = 0;
        bulk = true;
        seenLeaderReads = leaderReads;
        registration.pauseReading(WATCH_NANOS);
      } else if (bytes > 0 && !paused && (calledBack || bytes < WakeUps.LARGE_INPUT_BYTES)) {
        lookForMore(calledBack || session.reader().foundSameReader());
      }
    } finally {
      taken.set(false);
    }
  }

  /** Reads as long as much is there, up to a bound; returns how many bytes. */
  private int readTurn(ByteBuffer scratch) {
    long begun = System.nanoTime();
    int mostBytes = scratch.limit();
    int bytes = 0;
    int n;
    session.reader().wakeUps().begin();
    try {
      do {
        n = read(scratch.clear().limit(mostBytes));
        bytes += Math.max(0, n);
        if (n >= WakeUps.LARGE_INPUT_BYTES && session.reader().foundSameReader()) {
          largeReads++;
        }
      } while (n >= WakeUps.LARGE_INPUT_BYTES
          && bytes < TURN_BYTES
          && !pauseAsked
          && System.nanoTime() - begun < TURN_NANOS);
    } finally {
      session.reader().wakeUps().end();
    }
    return bytes;
  }

  /**
   * Where one thread talks to one of the peer's, nearly all time goes into waking threads that
   * wait: the loop then does not wait. The same where callbacks run on the loop's thread, which
   * then is the only one that would have to be woken. Measured with callbacks at both ends, against
   * looking only after small answers: eight workers open 1.24 times as many streams, 60 streams
   * carry 1.17 times as much upwards and one 1.12 times.
   *
   * @param isWaitedFor whether the input was for the same thread as the last one, or callbacks on
   *     this thread
   */
  private void lookForMore(boolean isWaitedFor) {
    long now = System.nanoTime();
    long quickNanos = quickReads < QUICK_READS ? QUICK_NANOS : QUICKER_NANOS;
    if (isWaitedFor && now - readNanoTime < quickNanos) {
      quickReads = Math.min(MOST_QUICK_READS, quickReads + 1);
    } else {
      quickReads = Math.max(0, quickReads - QUICK_READS_LOST);
    }
    readNanoTime = now;
    if (quickReads >= QUICK_READS) {
      registration.lookOften(QUICK_NANOS);
    }
  }

  /**
   * A deadline of the session has come: returns whether the channel was read after that. What the
   * peer has sent by then may be what the deadline is about.
   */
  boolean isReadAfterDeadline() {
    if (!bulk) {
      deadlineWaits = false;
      return true;
    }
    if (taken.compareAndSet(false, true)) {
      ByteBuffer buffer = BUFFERS.take();
      try {
        bulk = false;
        read(buffer);
        if (!takePauseAsked()) {
          registration.resumeReading();
        }
      } finally {
        taken.set(false);
        BUFFERS.giveBack(buffer);
      }
      deadlineWaits = false;
      return true;
    }
    if (!deadlineWaits) {
      deadlineWaits = true;
      readsAtDeadline = leaderReads;
    } else if (leaderReads - readsAtDeadline >= 2) {
      // The second one has begun since.
      deadlineWaits = false;
      return true;
    }
    return false;
  }

  // ---- for threads that wait for data

  /** Returns whether {@link #lead} may do something. */
  boolean mayLead() {
    return bulk;
  }

  /**
   * Reads for all streams on the calling thread, if that is what is to be done now, until something
   * has come or that thread does not wait any more; called without any lock.
   */
  @SuppressWarnings("ThreadPriorityCheck") // only how much is read at once depends on it
  void lead(BooleanSupplier waits) {
    if (EventLoop.isLoopThread() || !takeToLead()) {
      return;
    }
    ByteBuffer buffer = BUFFERS.take();
    try {
      int emptyReads = 0;
      while (readAsLeader(buffer.clear(), emptyReads == MOST_EMPTY_READS, waits) == 0) {
        emptyReads++;
        // Without the role, which the loop may need.
        Thread.yield();
        if (!waits.getAsBoolean() || !takeToLead()) {
          return;
        }
      }
    } finally {
      BUFFERS.giveBack(buffer);
    }
  }

  /** Takes the role if threads of the application may have it. */
  private boolean takeToLead() {
    if (!bulk || !taken.compareAndSet(false, true)) {
      return false;
    }
    if (!bulk) {
      taken.set(false);
      return false;
    }
    return true;
  }

  /** Reads once with the role, and leaves it, to the loop when a leader is of no use any more. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // only the holder of the role writes
  private int readAsLeader(ByteBuffer buffer, boolean last, BooleanSupplier waits) {
    leaderReads++;
    int n = read(buffer);
    boolean useless = n > 0 && waits.getAsBoolean();
    if (useless) {
      losePatience();
    } else if (n > 0 && ++usefulReads >= PROVEN_READS) {
      patienceReads = LEAST_PATIENCE_READS;
    }
    boolean paused = takePauseAsked();
    boolean toLoop = n < 0 || useless || paused || (last && n == 0);
    if (toLoop) {
      bulk = false;
    }
    taken.set(false);
    if (toLoop && !paused) {
      registration.resumeReading();
    }
    return n;
  }

  // ---- for the session, while it takes in what was read

  /** Reads nothing for a while. */
  void pause(long nanos, boolean onLoop) {
    pauseAsked = true;
    if (onLoop) {
      registration.pauseReading(nanos);
    } else {
      registration.execute(() -> registration.pauseReading(nanos));
    }
  }

  // ---- for the holder of the role

  private boolean takePauseAsked() {
    boolean asked = pauseAsked;
    pauseAsked = false;
    return asked;
  }

  private void losePatience() {
    usefulReads = 0;
    patienceReads = Math.min(MOST_PATIENCE_READS, PATIENCE_FACTOR * patienceReads);
  }

  /** Reads once; returns how many bytes, -1 when there will be none any more. */
  private int read(ByteBuffer buffer) {
    if (inputEnded) {
      return -1;
    }
    int n;
    try {
      n = channel.read(buffer);
      if (n > 0) {
        session.onInput(buffer.flip());
      }
    } catch (Throwable e) {
      inputEnded = true;
      session.onTransportFailure(e);
      return -1;
    }
    if (n < 0) {
      inputEnded = true;
      registration.stopReading();
      session.onInputEnd();
    }
    return n;
  }
}
