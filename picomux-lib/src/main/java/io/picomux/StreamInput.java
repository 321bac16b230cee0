package io.picomux;

import io.picomux.buffer.InputPieces;
import io.picomux.buffer.ReceiveBuffer;
import io.picomux.core.CoreStream;
import io.picomux.core.MuxCore;
import io.picomux.core.ProtocolViolationException;
import io.picomux.core.StreamFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The direction of a stream that comes from the peer. Safe for concurrent use.
 *
 * <p>A reader that waits lends its buffer, and the session's reader fills it. The buffer is touched
 * only under the lock and only until the reader has taken it back, so what a read reports is
 * exactly what was moved, also when it ends early.
 */
@SuppressWarnings("serial") // as StreamHalf
final class StreamInput extends StreamHalf implements WakeUps.Sleeper {
  /**
   * Freed memory that is told to the core even while there is more to read; chosen by judgement.
   */
  private static final int REPORT_FREED_BYTES = 64 << 10;

  /** What is lent for a target that cannot be lent itself; chosen by judgement: two full frames. */
  private static final int PIECE_BYTES = 16 << 10;

  private final CoreStream core;

  // Guarded by the lock.
  private final ReceiveBuffer buffer = new ReceiveBuffer();
  private boolean peerFinished;
  private boolean closed;
  private boolean shutdown;
  private boolean foundNothing;
  private @Nullable StreamFailure failure;
  private @Nullable Runnable readableListener;
  private long bytesRead;

  private volatile @Nullable LongConsumer readListener;

  StreamInput(Session session, CoreStream core) {
    super(session);
    this.core = core;
  }

  CoreStream core() {
    return core;
  }

  // ---- for the application

  /** Reads some bytes, waiting for the first; returns how many, -1 at the end of the stream. */
  int read(ByteBuffer target, long timeoutNanos) throws IOException {
    if (target.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    int n;
    boolean report;
    Runnable due = null;
    lock();
    try {
      n = readOrWait(target, timeoutNanos);
      report = isReportDue();
    } finally {
      // Calls of tryRead have found that it was not their turn.
      due = takeReadableListener();
      unlock();
      session.runCallback(due);
    }
    afterRead(n, report);
    return n;
  }

  /**
   * Reads what is there; returns how many bytes, 0 when there are none yet, -1 at the end of the
   * stream.
   */
  int tryRead(ByteBuffer target) throws IOException {
    int n;
    boolean report;
    lock();
    try {
      boolean asked = target.hasRemaining();
      n = buffer.hasLoan() ? 0 : readNow(target);
      if (asked) {
        // Who asks for nothing finds out nothing, and an earlier call may still wait.
        foundNothing = n == 0;
      }
      report = isReportDue();
    } finally {
      unlock();
    }
    afterRead(n, report);
    return n;
  }

  /** Returns how many bytes can be read without waiting. */
  int available() throws IOException {
    lock();
    try {
      if (closed) {
        throw session.failure(StreamFailure.CLOSED, core);
      }
      return buffer.size();
    } finally {
      unlock();
    }
  }

  void onReadable(@Nullable Runnable listener) {
    Runnable due;
    lock();
    try {
      readableListener = listener;
      foundNothing = true;
      due = takeReadableListener();
    } finally {
      unlock();
    }
    session.runCallback(due);
  }

  void onRead(@Nullable LongConsumer listener) {
    readListener = listener;
  }

  /** The application reads no more. What has come is thrown away. */
  void close() {
    Runnable due;
    lock();
    try {
      closed = true;
      buffer.discard();
      signalChange();
      due = takeReadableListener();
    } finally {
      unlock();
    }
    session.runCallback(due);
  }

  /**
   * The application reads no more, but the stream goes on: what has come and still comes is thrown
   * away, and reads find the end.
   */
  void shutdown() {
    Runnable due;
    boolean report;
    lock();
    try {
      shutdown = true;
      buffer.discard();
      signalChange();
      due = takeReadableListener();
      report = isReportDue();
    } finally {
      unlock();
    }
    session.runCallback(due);
    afterRead(0, report);
  }

  boolean isShutdown() {
    lock();
    try {
      return shutdown || closed;
    } finally {
      unlock();
    }
  }

  /**
   * Returns whether somebody waits for data of the peer. Looks without the lock, so what others do
   * at the same time may be overlooked.
   */
  boolean isAwaited() {
    return buffer.hasLoan() || (foundNothing && readableListener != null);
  }

  int unreadBytes() {
    lock();
    try {
      return buffer.size();
    } finally {
      unlock();
    }
  }

  long bytesRead() {
    lock();
    try {
      return bytesRead;
    } finally {
      unlock();
    }
  }

  private int readOrWait(ByteBuffer target, long timeoutNanos) throws IOException {
    long start = 0;
    while (true) {
      if (!buffer.hasLoan()) {
        int n = readNow(target);
        if (n != 0 || !target.hasRemaining()) {
          return n;
        }
      }
      start = start == 0 ? System.nanoTime() : start;
      int n =
          buffer.hasLoan()
              ? awaitTurn(start, timeoutNanos)
              : awaitInto(target, start, timeoutNanos);
      if (n > 0) {
        bytesRead += n;
        return n;
      }
    }
  }

  /** Waits until another reader has taken its buffer back; returns 0. */
  private int awaitTurn(long start, long timeoutNanos) throws IOException {
    try {
      if (!await(start, timeoutNanos)) {
        throw Waits.timedOut("read", timeoutNanos, 0);
      }
      return 0;
    } catch (InterruptedException e) {
      throw Waits.interrupted("read", 0);
    }
  }

  /**
   * Waits for bytes; returns how many came, 0 when something else changed. What is lent is a view,
   * as the caller may change position and limit of its own at any time. Memory outside the heap may
   * belong to one thread, be given free or be a file that is cut off: only the caller's own thread
   * touches it.
   */
  private int awaitInto(ByteBuffer target, long start, long timeoutNanos) throws IOException {
    if (target.isDirect()) {
      ByteBuffer piece = ByteBuffer.allocate(Math.min(target.remaining(), PIECE_BYTES));
      int n = awaitIntoLent(piece, start, timeoutNanos);
      target.put(piece.flip());
      return n;
    }
    int n = awaitIntoLent(target.duplicate(), start, timeoutNanos);
    target.position(target.position() + n);
    return n;
  }

  /** Lends the buffer and waits for bytes; returns how many came, 0 when something else changed. */
  private int awaitIntoLent(ByteBuffer lent, long start, long timeoutNanos) throws IOException {
    boolean inTime = true;
    boolean interrupted = false;
    int n;
    buffer.lend(lent);
    try {
      if (session.gathers()) {
        flushWithoutLock();
      }
      while (inTime && isWaiting()) {
        boolean done = session.driver().mayLead() && leads(start, timeoutNanos);
        inTime = done || await(start, timeoutNanos);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      n = buffer.withdrawLoan();
      signalChange();
    }
    if (interrupted) {
      if (n == 0) {
        throw Waits.interrupted("read", 0);
      }
      Thread.currentThread().interrupt();
    }
    if (n == 0 && !inTime) {
      throw Waits.timedOut("read", timeoutNanos, 0);
    }
    return n;
  }

  /** What is waited for may be the answer to what is being gathered. */
  private void flushWithoutLock() {
    unlock();
    try {
      session.flush();
    } finally {
      lock();
    }
  }

  /** Whether the lent buffer has to be waited for. */
  private boolean isWaiting() {
    return buffer.isLoanEmpty() && !isOver();
  }

  /**
   * Reads for all streams, if that is what is to be done, without the lock; returns whether there
   * is nothing to wait for after that.
   */
  private boolean leads(long start, long timeoutNanos) {
    unlock();
    try {
      session.driver().lead(() -> stillWaits(start, timeoutNanos));
    } finally {
      lock();
    }
    return !isWaiting();
  }

  private boolean stillWaits(long start, long timeoutNanos) {
    if (Thread.currentThread().isInterrupted() || System.nanoTime() - start >= timeoutNanos) {
      return false;
    }
    lock();
    try {
      return isWaiting();
    } finally {
      unlock();
    }
  }

  /** Returns bytes read, -1 at the end, 0 when neither. */
  private int readNow(ByteBuffer target) throws IOException {
    if (closed) {
      throw session.failure(StreamFailure.CLOSED, core);
    }
    if (shutdown) {
      return target.hasRemaining() ? -1 : 0;
    }
    if (buffer.size() > 0) {
      int n = buffer.read(target);
      bytesRead += n;
      return n;
    }
    if (failure != null) {
      throw session.failure(failure, core);
    }
    return peerFinished && target.hasRemaining() ? -1 : 0;
  }

  private boolean isOver() {
    return closed || shutdown || peerFinished || failure != null;
  }

  private void afterRead(int n, boolean report) {
    if (report) {
      session.report(this);
    }
    if (n > 0) {
      ProcessCounters.BYTES_READ.add(n);
      LongConsumer listener = readListener;
      if (listener != null) {
        listener.accept(n);
      }
    }
  }

  // ---- for the session

  /**
   * Takes in bytes of one batch and wakes who waits for them, at once or at the end of the turn;
   * called by the session's reader.
   *
   * @return whether {@link #reportTo} is due
   */
  boolean deliver(Deliveries batch, int from, int to, ByteBuffer source) {
    Runnable due;
    boolean report;
    boolean offered;
    lock();
    try {
      boolean slept = buffer.isLoanEmpty();
      offered = isCallbackReader();
      int bytes = offered ? offer(batch, from, to, source) : store(batch, from, to, source);
      if (!buffer.isLoanEmpty()) {
        batch.noteReader();
        if (slept && !session.reader().wakeUps().later(this, bytes, isAwaitedVirtually())) {
          signalChange();
        }
      }
      due = takeReadableListener();
      report = isReportDue();
    } finally {
      unlock();
    }
    if (offered) {
      return runOffered(due);
    }
    session.runCallback(due);
    return report;
  }

  /** Stores bytes of a batch; returns how many. */
  private int store(Deliveries batch, int from, int to, ByteBuffer source) {
    int bytes = 0;
    for (int i = from; i < to; i++) {
      if (batch.isFrameStart(i)) {
        buffer.startFrame();
      } else {
        buffer.deliver(source, batch.index(i), batch.length(i));
        bytes += batch.length(i);
      }
    }
    if (closed || shutdown || failure != null) {
      buffer.discard();
    }
    return bytes;
  }

  /**
   * Returns whether a callback is about to be told that there is something to read, which may read
   * it from where it is if it runs at once; under the lock.
   */
  private boolean isCallbackReader() {
    return foundNothing
        && readableListener != null
        && !buffer.hasLoan()
        && buffer.size() == 0
        && !isOver();
  }

  /** Offers bytes of a batch where they are; returns how many. */
  private int offer(Deliveries batch, int from, int to, ByteBuffer source) {
    InputPieces pieces = batch.pieces();
    pieces.begin(source);
    for (int i = from; i < to; i++) {
      if (batch.isFrameStart(i)) {
        buffer.startFrame();
      } else {
        pieces.add(batch.index(i), batch.length(i));
      }
    }
    buffer.offer(pieces);
    return pieces.size();
  }

  /**
   * Lets a callback read what is offered, and stores what it leaves, as for one that runs elsewhere
   * and later; returns whether {@link #reportTo} is due.
   */
  private boolean runOffered(@Nullable Runnable due) {
    boolean report;
    try {
      session.runCallback(due);
    } finally {
      report = keepOffer();
    }
    return report;
  }

  private boolean keepOffer() {
    lock();
    try {
      buffer.keepOffer();
      return isReportDue();
    } finally {
      unlock();
    }
  }

  @Override
  public void wake() {
    signalChangeWithoutLock();
  }

  /** Tells the core what was stored and what was taken; under the session's lock. */
  void reportTo(MuxCore mux, long nowNanos) throws ProtocolViolationException {
    long change;
    int frames;
    long read;
    lock();
    try {
      change = buffer.takeAllocationChange();
      frames = buffer.takeConsumedFrames();
      read = buffer.takeReadBytes();
    } finally {
      unlock();
    }
    if (change > 0) {
      mux.stored(core, change, nowNanos);
    }
    if (frames > 0 || read > 0 || change < 0) {
      mux.consumed(core, frames, read, Math.max(0, -change), nowNanos);
    }
  }

  void onPeerFin() {
    Runnable due;
    lock();
    try {
      peerFinished = true;
      if (!isAwaitedVirtually() || !session.reader().wakeUps().later(this, false)) {
        signalChange();
      }
      due = takeReadableListener();
    } finally {
      unlock();
    }
    session.runCallback(due);
  }

  /** Throws away what was not read, for memory is needed. */
  void discard() {
    lock();
    try {
      buffer.discard();
    } finally {
      unlock();
    }
  }

  void onFailure(StreamFailure reason) {
    Runnable due;
    lock();
    try {
      failure = reason;
      if (reason == StreamFailure.RECEIVE_BUDGET) {
        buffer.discard();
      }
      signalChange();
      due = takeReadableListener();
    } finally {
      unlock();
    }
    session.runCallback(due);
  }

  /** Tells whether the core should hear of what was stored or taken. */
  private boolean isReportDue() {
    long change = buffer.allocationChange();
    if (change > 0 || change <= -REPORT_FREED_BYTES || (change < 0 && buffer.size() == 0)) {
      return true;
    }
    int frames = buffer.consumedFrames();
    return frames > 0 && frames >= core.reportThresholdFrames();
  }

  /** Returns the listener when it is to be told, after the lock; null when not. */
  private @Nullable Runnable takeReadableListener() {
    Runnable listener = readableListener;
    if (foundNothing && listener != null && (buffer.size() > 0 || isOver())) {
      foundNothing = false;
      return listener;
    }
    return null;
  }
}
