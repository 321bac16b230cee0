package io.picomux;

import io.picomux.buffer.SendBuffer;
import io.picomux.core.CoreStream;
import io.picomux.core.SendSource;
import io.picomux.core.StreamFailure;
import io.picomux.core.WireFormat;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The direction of a stream that goes to the peer. Safe for concurrent use.
 *
 * <p>Small writes are copied into the stream's queue. A large one lends its buffer, from which
 * frames are filled directly, often by the writing thread itself; what then does not fit the queue
 * makes the writer wait. A lent buffer is touched only until the writer has taken it back: bytes
 * that are promised to a frame by then are copied first, the others are not sent.
 */
@SuppressWarnings("serial") // as StreamHalf
final class StreamOutput extends StreamHalf implements SendSource, WakeUps.Sleeper {
  /** Flips the mark without an object of its own for it in each stream. */
  private static final AtomicIntegerFieldUpdater<StreamOutput> ANNOUNCED =
      AtomicIntegerFieldUpdater.newUpdater(StreamOutput.class, "announced");

  /** Writes up to this size are copied at once; chosen by judgement: one full frame. */
  private static final int COPY_BYTES = 8192;

  /**
   * So much a callback writes into frames without the queue, or the rest that the last write has
   * left; chosen by judgement: one full frame.
   */
  private static final int DIRECT_BYTES = WireFormat.DATA_BODY_BYTES;

  /** What is copied at once of a source that cannot be lent; chosen by judgement: eight frames. */
  private static final int PIECE_BYTES = 64 << 10;

  private @Nullable MuxStream stream;

  // Guarded by the lock.
  private final SendBuffer buffer = new SendBuffer();
  private boolean shutdown;
  private boolean closed;
  private boolean foundNoRoom;

  /**
   * Whether the last call of tryWrite has left a rest, over a fast connection; written under the
   * lock.
   */
  private volatile boolean leftRest;

  private @Nullable Runnable sessionRoomTask;
  private @Nullable StreamFailure failure;
  private @Nullable Runnable writableListener;

  /** Bytes ever accepted, lent ones included: written under the lock. */
  private volatile long acceptedBytes;

  /**
   * The lower bits of the number of bytes ever promised to frames: guarded by the session's lock.
   */
  private int promisedBytes;

  /** The lower bits of the number of bytes ever copied into frames: guarded by the lock. */
  private int copiedBytes;

  /**
   * How quickly small writes follow each other, see {@link WritePace}: changed under the lock, and
   * looked at without it, for it decides only what is worth waiting for.
   */
  private int pace = WritePace.NONE;

  /**
   * Whether what is pending waits for credit or for the connection: changed under the session's
   * lock.
   */
  private volatile boolean heldUp;

  /** Whether the writer that lends waits until all has gone into frames; guarded by the lock. */
  private boolean holdsWriter;

  /** Whether this stream stands in the session's queue of streams with new data. */
  private volatile int announced;

  private volatile @Nullable LongConsumer writeListener;

  StreamOutput(Session session) {
    super(session);
  }

  /** Joins the output with its stream, before any other use. */
  void bind(MuxStream newStream) {
    stream = newStream;
  }

  MuxStream stream() {
    MuxStream bound = stream;
    if (bound == null) {
      throw new IllegalStateException("the output has no stream yet");
    }
    return bound;
  }

  private CoreStream core() {
    return stream().core();
  }

  // ---- for the application

  /**
   * Writes all bytes of the source, waiting for room. When it ends early, the source's position
   * tells how many were accepted.
   */
  void write(ByteBuffer source, long timeoutNanos) throws IOException {
    if (!source.hasRemaining()) {
      return;
    }
    int before = source.remaining();
    long start = System.nanoTime();
    try {
      if (source.isDirect()) {
        writeInPieces(source, start, timeoutNanos);
      } else {
        writeFromHeap(source, start, timeoutNanos);
      }
    } catch (IOException e) {
      tellCutShort();
      throw e;
    } finally {
      count(before - source.remaining());
    }
  }

  /** Accepts what there is room for; returns how many bytes. */
  int tryWrite(ByteBuffer source) throws IOException {
    int before = source.remaining();
    if (before == 0) {
      // Who offers nothing finds out nothing, and an earlier call may still wait.
      requireOpenNow();
      return 0;
    }
    DirectWriters direct = session.directWriters();
    int written = 0;
    int most = before;
    boolean isMuch = before >= DIRECT_BYTES || leftRest;
    if (isMuch && !source.isDirect() && direct.isCaller()) {
      int encodedBytes = direct.hasRoom() ? writeDirectly(source) : 0;
      most = source.remaining();
      written = before - most;
      if (direct.isCalled(this)) {
        most = Math.min(most, direct.bytesToQueue(written, encodedBytes));
      }
    }
    try {
      written += queue(source, most, before);
    } finally {
      count(written);
    }
    return written;
  }

  /**
   * On the thread that writes, while it calls callbacks: has frames filled from the source, where
   * there is hardly anything queued before it.
   *
   * @return how many bytes of frames were filled, those of other streams included
   */
  private int writeDirectly(ByteBuffer source) {
    lock();
    try {
      if (!isAccepting() || buffer.hasLoan() || buffer.queuedBytes() >= DIRECT_BYTES) {
        return 0;
      }
      // Not a view of it: callbacks may be called in between, and find it where it is.
      buffer.lend(source);
      holdsWriter = false;
      addAccepted(source.remaining());
    } finally {
      unlock();
    }
    try {
      return session.encodeNow(this);
    } finally {
      session.withdraw(this);
    }
  }

  /**
   * Copies what there is room for. The listener may be told before this returns, and then has the
   * source to itself.
   *
   * @param most how many bytes at the most
   * @param offered what there was before some of it was written directly
   * @return how many bytes were copied
   */
  private int queue(ByteBuffer source, int most, int offered) throws IOException {
    int n = 0;
    boolean waits;
    IOException refused = null;
    lock();
    try {
      if (isAccepting() || source.remaining() == offered) {
        requireOpen();
        n = buffer.hasLoan() ? 0 : Math.min(room(), most);
        append(source, n);
      }
      // Else it was ended meanwhile, of which the listener is told.
      waits = source.hasRemaining();
      if (waits || offered == n) {
        foundNoRoom = waits;
      }
      leftRest = waits && session.heldWriters().isFast();
    } catch (IOException e) {
      refused = e;
      waits = false;
    } finally {
      unlock();
    }
    if (refused != null) {
      tellCutShort();
      throw refused;
    }
    if (waits || offered > n) {
      // Others may have made room in the session meanwhile, or it is to be waited for.
      tellWritable();
    }
    if (n > 0) {
      session.dataQueued(this, 0);
    }
    return n;
  }

  private void requireOpenNow() throws IOException {
    lock();
    try {
      requireOpen();
    } finally {
      unlock();
    }
  }

  void onWritable(@Nullable Runnable listener) {
    lock();
    try {
      writableListener = listener;
      foundNoRoom = true;
    } finally {
      unlock();
    }
    tellWritable();
  }

  void onWrite(@Nullable LongConsumer listener) {
    writeListener = listener;
  }

  int queuedBytes() {
    lock();
    try {
      return buffer.queuedBytes() + buffer.loanBytes();
    } finally {
      unlock();
    }
  }

  long bytesWritten() {
    return acceptedBytes;
  }

  boolean isShutdown() {
    lock();
    try {
      return !isAccepting();
    } finally {
      unlock();
    }
  }

  /**
   * Memory outside the heap may belong to one thread, be given free or be a file that is cut off:
   * what then is thrown is for the caller alone, so only its own thread touches it.
   */
  private void writeInPieces(ByteBuffer source, long start, long timeoutNanos) throws IOException {
    int before = source.remaining();
    ByteBuffer piece = ByteBuffer.allocate(Math.min(before, PIECE_BYTES));
    while (source.hasRemaining()) {
      int position = source.position();
      int length = Math.min(piece.capacity(), source.remaining());
      piece.clear().put(0, source, position, length).limit(length);
      try {
        writeFromHeap(piece, start, timeoutNanos);
      } catch (InterruptedIOException e) {
        e.bytesTransferred += before - source.remaining();
        throw e;
      } finally {
        source.position(position + piece.position());
      }
    }
  }

  private void writeFromHeap(ByteBuffer source, long start, long timeoutNanos) throws IOException {
    int before = source.remaining();
    ByteBuffer lent = acceptOrLend(source, start, timeoutNanos);
    if (lent == null) {
      if (WritePace.isBurst(pace) && !stream().input().isAwaited()) {
        session.dataGathers(this, pendingBytes());
      } else {
        session.dataQueued(this, before);
      }
      return;
    }
    boolean large = before >= HeldWriters.LEAST_BYTES;
    if (large) {
      session.heldWriters().begin();
    }
    try {
      session.dataReady(this, before);
      awaitTaken(lent, start, timeoutNanos);
    } catch (InterruptedIOException e) {
      takeBack(lent);
      e.bytesTransferred = before - lent.remaining();
      throw e;
    } finally {
      if (large) {
        session.heldWriters().end();
      }
      takeBack(lent);
      source.position(lent.position());
      // Calls of tryWrite have found that it was not their turn.
      tellWritable();
    }
  }

  /**
   * Copies a small source, or lends a view of a large one: the caller may change position and limit
   * of its own at any time. Returns what was lent, or null.
   */
  private @Nullable ByteBuffer acceptOrLend(ByteBuffer source, long start, long timeoutNanos)
      throws IOException {
    lock();
    try {
      requireOpen();
      while (buffer.hasLoan()) {
        awaitChange(start, timeoutNanos);
        requireOpen();
      }
      if (source.remaining() <= Math.min(COPY_BYTES, room())) {
        append(source, source.remaining());
        pace = WritePace.next(pace, start);
        return null;
      }
      ByteBuffer view = source.duplicate();
      buffer.lend(view);
      holdsWriter = view.remaining() >= HeldWriters.LEAST_BYTES;
      addAccepted(view.remaining());
      return view;
    } finally {
      unlock();
    }
  }

  /**
   * Waits until the lent source has gone into frames, or until what is left of it fits the queue.
   */
  private void awaitTaken(ByteBuffer source, long start, long timeoutNanos) throws IOException {
    lock();
    try {
      while (buffer.hasLoan()) {
        int left = buffer.loanBytes();
        boolean held = left > 0 && isWriterHeld();
        int most = !held && left <= ownRoom() ? Math.min(left, room()) : 0;
        Runnable wait;
        if (most > 0 || left == 0) {
          buffer.copyLoan(most);
          gauge();
        } else if (!held && left <= ownRoom() && (wait = takeSessionWait()) != null) {
          unlock();
          try {
            session.whenQueueHasRoom(wait);
          } finally {
            lock();
          }
        } else {
          awaitChange(start, timeoutNanos);
        }
      }
      signalChange();
      if (source.hasRemaining()) {
        requireOpen();
      }
    } finally {
      unlock();
    }
  }

  /**
   * Returns whether the writer that lends is to wait until all of it has gone into frames; under
   * the lock.
   */
  private boolean isWriterHeld() {
    return holdsWriter && !heldUp && session.mayHoldWriters();
  }

  /** Takes the lent buffer back if it still is lent: nothing of it is touched after that. */
  private void takeBack(ByteBuffer lent) {
    boolean stillLent;
    lock();
    try {
      stillLent = buffer.isLent(lent);
    } finally {
      unlock();
    }
    if (stillLent) {
      session.withdraw(this);
    }
  }

  private void awaitChange(long start, long timeoutNanos) throws IOException {
    try {
      if (!await(start, timeoutNanos)) {
        throw Waits.timedOut("write", timeoutNanos, 0);
      }
    } catch (InterruptedException e) {
      throw Waits.interrupted("write", 0);
    }
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw session.failure(StreamFailure.CLOSED, core());
    }
    if (failure != null) {
      throw session.failure(failure, core());
    }
    if (shutdown) {
      throw new StreamException(
          StreamFailure.CLOSED, "the output of " + core() + " was shut down by shutdownOutput()");
    }
  }

  private int room() {
    return (int) Math.min(ownRoom(), session.queueRoomBytes());
  }

  private int queueLimitBytes() {
    return session.limits().streamQueueBytes();
  }

  /** Returns the room of this stream, whatever the session has. */
  private int ownRoom() {
    return Math.max(0, queueLimitBytes() - buffer.queuedBytes());
  }

  private void append(ByteBuffer source, int n) {
    buffer.append(source, n);
    addAccepted(n);
    gauge();
  }

  /**
   * Tells the session what memory the queue takes: as allocated, since a peer that grants credit
   * one frame at a time decides how much of a segment is left over. Under the lock.
   */
  private void gauge() {
    int change = buffer.takeAllocationChange();
    if (change != 0) {
      session.addQueued(change);
    }
  }

  /** Under the lock, so that no other thread writes the number. */
  private void addAccepted(int change) {
    long before = acceptedBytes;
    acceptedBytes = before + change;
  }

  private void count(int bytes) {
    if (bytes > 0) {
      ProcessCounters.BYTES_WRITTEN.add(bytes);
      LongConsumer listener = writeListener;
      if (listener != null) {
        listener.accept(bytes);
      }
    }
  }

  /**
   * The session is found to have no room: returns what is to be given to {@link
   * Session#whenQueueHasRoom} after the lock, or null when that has it already. Room that comes in
   * between is noticed there.
   */
  private @Nullable Runnable takeSessionWait() {
    if (sessionRoomTask != null) {
      return null;
    }
    Runnable task = this::onSessionHasRoom;
    sessionRoomTask = task;
    return task;
  }

  private void waitForSession(@Nullable Runnable task) {
    if (task != null) {
      session.whenQueueHasRoom(task);
    }
  }

  /** Nobody waits for room in the session any more; under the lock. */
  private void forgetSessionWait() {
    Runnable task = sessionRoomTask;
    if (task != null) {
      sessionRoomTask = null;
      session.forgetWaiting(task);
    }
  }

  private void onSessionHasRoom() {
    lock();
    try {
      sessionRoomTask = null;
      signalChange();
    } finally {
      unlock();
    }
    tellWritable();
  }

  /** Tells the listener when there is room, or nothing to wait for; without any lock. */
  void tellWritable() {
    Runnable due;
    Runnable wait;
    lock();
    try {
      due = takeWritableListener();
      wait = listenerWaits() && !isCalledAgain() ? takeSessionWait() : null;
    } finally {
      unlock();
    }
    waitForSession(wait);
    session.runCallback(due);
  }

  /** Whether there is a listener to be told of room that only the session lacks. */
  private boolean listenerWaits() {
    return waitsForRoom() && !buffer.hasLoan() && isHalfFree();
  }

  /**
   * Whether the listener is being called, finds no more room in what goes to the connection, and is
   * called again anyway.
   */
  private boolean isCalledAgain() {
    return session.directWriters().isCalled(this) && session.queueRoomBytes() > 0;
  }

  private boolean waitsForRoom() {
    return foundNoRoom && writableListener != null;
  }

  private boolean isAccepting() {
    return !closed && !shutdown && failure == null;
  }

  private boolean isHalfFree() {
    return ownRoom() >= Math.max(1, queueLimitBytes() / 2);
  }

  /** Tells the listener that there is room in what goes to the connection, if it waits. */
  void callWritable() {
    Runnable due = null;
    lock();
    try {
      if (foundNoRoom) {
        due = writableListener;
        foundNoRoom = due == null;
      }
    } finally {
      unlock();
    }
    session.runCallback(due);
  }

  /** Returns whether the listener waits, and what it writes can be the next of the stream. */
  boolean waitsForDirectWrite() {
    lock();
    try {
      return waitsForRoom() && isAccepting() && !buffer.hasLoan() && buffer.queuedBytes() == 0;
    } finally {
      unlock();
    }
  }

  /** Returns whether the listener waits. */
  boolean waitsToWrite() {
    lock();
    try {
      return waitsForRoom();
    } finally {
      unlock();
    }
  }

  /** Returns the listener when it is to be told, after the lock; null when not. */
  private @Nullable Runnable takeWritableListener() {
    Runnable listener = writableListener;
    if (foundNoRoom && listener != null && (!isAccepting() || hasRoomForListener())) {
      foundNoRoom = false;
      return listener;
    }
    return null;
  }

  private boolean hasRoomForListener() {
    return !buffer.hasLoan()
        && isHalfFree()
        && room() > 0
        && !session.directWriters().isCalled(this);
  }

  // ---- for the session

  @Override
  public int pendingBytes() {
    // A lent buffer and the queue together are less than 4 GiB.
    long pending = Integer.toUnsignedLong((int) acceptedBytes - promisedBytes);
    return (int) Math.min(Integer.MAX_VALUE, pending);
  }

  @Override
  public void scheduled(int bytes) {
    promisedBytes += bytes;
    if (heldUp) {
      heldUp = false;
    }
  }

  @Override
  public void wake() {
    signalChangeWithoutLock();
  }

  @Override
  public void heldUp() {
    heldUp = true;
    lock();
    try {
      if (buffer.hasLoan()) {
        // What is left may fit the queue.
        signalChange();
      }
    } finally {
      unlock();
    }
  }

  /** Marks the stream as announced; returns false when it was already. */
  boolean announce() {
    return announced == 0 && ANNOUNCED.compareAndSet(this, 0, 1);
  }

  /** The session has taken notice of the data; what comes later is announced anew. */
  void noticed() {
    announced = 0;
  }

  /** Copies promised bytes into a frame; returns false when they were dropped in the meantime. */
  boolean moveTo(ByteBuffer target, int bytes) {
    Runnable due = null;
    Runnable wait = null;
    lock();
    try {
      if (!buffer.moveTo(target, bytes)) {
        return false;
      }
      copiedBytes += bytes;
      gauge();
      DirectWriters direct = session.directWriters();
      if (buffer.hasLoan() && !direct.isLender(this)) {
        wait = goOn();
      }
      int left = buffer.queuedBytes() + buffer.loanBytes();
      if (direct.isInUse()) {
        direct.onFilled(this, bytes, waitsForRoom());
        if (left == 0 && waitsForRoom()) {
          direct.add(this);
        }
      } else if (left <= queueLimitBytes() / 2) {
        due = takeWritableListener();
        if (wait == null && listenerWaits()) {
          wait = takeSessionWait();
        }
      }
    } finally {
      unlock();
    }
    waitForSession(wait);
    session.runCallback(due);
    return true;
  }

  /**
   * Frames have taken some of the lent buffer: lets its writer go on when what is left fits the
   * queue. While others wait for room in the session it goes on with them: threads that wake one by
   * one cost more than what they do. Under the lock.
   *
   * @return what is to wait for the session after the lock, or null
   */
  private @Nullable Runnable goOn() {
    int left = buffer.loanBytes();
    if (isWriterHeld()) {
      if (left == 0) {
        session.heldWriters().add(this);
      }
      return null;
    }
    boolean goesOn = left <= ownRoom() && isWorthWaking();
    if (left == 0 || (goesOn && left <= room() && !session.isQueueAwaited())) {
      signalChange();
      return null;
    }
    return goesOn ? takeSessionWait() : null;
  }

  /**
   * Whether a writer that waits has so much room now that it need not be woken again soon, or would
   * wait for long for more of it.
   */
  private boolean isWorthWaking() {
    return heldUp
        || !session.driver().wakesWritersLate()
        || !session.heldWriters().isFast()
        || ownRoom() >= queueLimitBytes() / 4 * 3;
  }

  /**
   * The application wants to write more: where the session is being closed, the peer is to know.
   */
  private void tellCutShort() {
    boolean unfinished;
    lock();
    try {
      unfinished = closed && !shutdown;
    } finally {
      unlock();
    }
    if (unfinished) {
      session.cutShort(stream());
    }
  }

  /**
   * Takes a lent buffer back from the session; under the session's lock.
   *
   * @return how many of its bytes are not sent
   */
  int withdrawLoan() {
    lock();
    try {
      int promised = promisedBytes - copiedBytes;
      int left = buffer.loanBytes();
      int kept = Math.clamp((long) promised - buffer.queuedBytes(), 0, left);
      addAccepted(kept - left);
      buffer.withdrawLoan(kept);
      gauge();
      signalChange();
      return left - kept;
    } finally {
      unlock();
    }
  }

  /**
   * The application writes no more; what was accepted goes on. Under the session's lock, after
   * which {@link #tellWritable} is due.
   *
   * @return whether that cuts a write short
   */
  boolean stopAccepting(boolean close) {
    lock();
    try {
      if (close) {
        closed = true;
      } else {
        shutdown = true;
      }
      int cut = withdrawLoan();
      forgetSessionWait();
      return cut > 0;
    } finally {
      unlock();
    }
  }

  /** Nothing more can be sent; what is queued is dropped. */
  void onFailure(StreamFailure reason) {
    Runnable due;
    lock();
    try {
      failure = reason;
      int dropped = buffer.queuedBytes();
      if (reason != StreamFailure.CLOSED) {
        // There may be no later write that tells of it.
        session.addUndelivered(dropped);
      }
      buffer.clear();
      gauge();
      forgetSessionWait();
      signalChange();
      due = takeWritableListener();
    } finally {
      unlock();
    }
    session.runCallback(due);
  }
}
