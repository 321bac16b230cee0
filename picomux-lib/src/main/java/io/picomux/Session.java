package io.picomux;

import io.picomux.core.CoreStats;
import io.picomux.core.CoreStream;
import io.picomux.core.LivenessConfig;
import io.picomux.core.MuxConfig;
import io.picomux.core.MuxCore;
import io.picomux.core.MuxLimits;
import io.picomux.core.ProtocolViolationException;
import io.picomux.core.SessionEnd;
import io.picomux.core.StreamFailure;
import io.picomux.core.WireFormat;
import io.picomux.log.GuardedLogger;
import io.picomux.log.LimitedLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One session: joins the protocol core with the buffers of the streams and with the driver that
 * moves the bytes. Safe for concurrent use.
 *
 * <p>Frames are decided under the lock of {@link LockedCore} and bodies copied after it, in two
 * roles, each held by one thread at a time: the <em>reader</em> calls {@link #onInput}, the
 * <em>writer</em> {@link #fill}.
 */
final class Session {
  /** The longest frame: what a buffer for {@link #fill} has room for beyond the wanted bytes. */
  static final int LONGEST_FRAME_BYTES = WireFormat.HEADER_BYTES + WireFormat.MAX_BODY_BYTES;

  private static final System.Logger LOG = GuardedLogger.ofLibrary();

  /** A hostile peer makes one with each connection. */
  private static final LimitedLog BAD_ENDS =
      new LimitedLog(LOG, System.Logger.Level.INFO, "sessions that ended badly");

  private static final LimitedLog DEFECTS =
      new LimitedLog(LOG, System.Logger.Level.ERROR, "sessions that ended by a defect");

  private static final AtomicLong IDS = new AtomicLong();

  private final long id = IDS.incrementAndGet();
  private final LockedCore core;
  private final MuxLimits limits;
  private final CallbackExecutor callbacks;
  private final PicoMux handle;
  private final Driver driver;
  private final SessionReader reader;
  private final SessionWriter writer;
  private final AcceptQueue acceptQueue;
  private final PendingPings pings;
  private final Termination termination;
  private final SendQueueGauge sendQueue;
  private final SessionCloser closer;
  private final AtomicLong undeliveredBytes = new AtomicLong();

  /** The streams that the application has not closed yet. */
  private final StreamList streams = new StreamList();

  private final WaitWatch waitWatch = new WaitWatch(this);
  private volatile long waitProbeNanos;

  Session(
      PicoMux handle, MuxConfig config, SessionOptions options, long seed, Driver.Factory drivers)
      throws IOException {
    this.handle = handle;
    this.limits = config.limits();
    this.core = new LockedCore(this, config, seed, options.nanoClock(), options.memory());
    this.waitProbeNanos = config.liveness().waitProbeNanos();
    this.callbacks = new CallbackExecutor(options.executor(), id);
    FrameListener frameListener = GuardedFrameListener.of(options.frameListener(), id);
    this.acceptQueue = new AcceptQueue(this, callbacks);
    this.pings = new PendingPings(callbacks);
    this.termination = new Termination(callbacks);
    this.sendQueue = new SendQueueGauge(limits.sessionQueueBytes(), options.memory());
    this.closer = new SessionCloser(this, limits.closeLingerNanos());
    this.reader = new SessionReader(this, core, frameListener);
    this.writer = new SessionWriter(this, core, sendQueue, frameListener);
    this.driver = drivers.create(this);
  }

  void start() throws IOException {
    ProcessCounters.SESSIONS_OPENED.increment();
    MemoryGuard.add(this);
    LOG.log(System.Logger.Level.DEBUG, "session " + id + " begins with " + driver.remoteAddress());
    try {
      driver.start();
    } catch (IOException | RuntimeException | Error e) {
      end(SessionEnd.TRANSPORT_FAILED, "the transport does not start: " + e.getMessage(), e);
      throw e;
    }
    core.enter((mux, now) -> {});
  }

  // ---- what others ask

  long id() {
    return id;
  }

  PicoMux handle() {
    return handle;
  }

  Driver driver() {
    return driver;
  }

  MuxLimits limits() {
    return limits;
  }

  Termination termination() {
    return termination;
  }

  AcceptQueue acceptQueue() {
    return acceptQueue;
  }

  WaitWatch waitWatch() {
    return waitWatch;
  }

  long waitProbeNanos() {
    return waitProbeNanos;
  }

  /** Returns how many more bytes may be queued for sending before writers block. */
  long queueRoomBytes() {
    return sendQueue.roomBytes();
  }

  /** Returns what the session holds of the memory that all share. */
  long memoryBytes() {
    return core.pooledBytes() + sendQueue.bytes();
  }

  void addQueued(long change) {
    sendQueue.add(change);
  }

  /** Runs a quick task once there is room in the queue; called without any lock. */
  void whenQueueHasRoom(Runnable task) {
    if (reader.wakeUps().takeWriteWanted()) {
      // A callback may be about to wait for what its own thread has put off.
      driver.requestWrite(0);
    }
    sendQueue.whenRoom(task);
  }

  /** Returns whether tasks of {@link #whenQueueHasRoom} wait. */
  boolean isQueueAwaited() {
    return sendQueue.isAwaited();
  }

  /** Returns whether a writer of much may wait until it has gone into frames. */
  boolean mayHoldWriters() {
    return driver.mayHoldWriters() && heldWriters().mayHold();
  }

  /** Returns the writers that wait until their array has gone into frames. */
  HeldWriters heldWriters() {
    return writer.heldWriters();
  }

  /** Returns the streams whose callbacks write as there is room in what goes to the connection. */
  DirectWriters directWriters() {
    return writer.directWriters();
  }

  /** Forgets a task of {@link #whenQueueHasRoom}. */
  void forgetWaiting(Runnable task) {
    sendQueue.forget(task);
  }

  void addUndelivered(long bytes) {
    undeliveredBytes.addAndGet(bytes);
  }

  /**
   * Runs a callback of the application's, if there is one, on its executor; called without any
   * lock.
   */
  void runCallback(@Nullable Runnable callback) {
    if (callback != null) {
      callbacks.execute(callback);
    }
  }

  /** Returns who runs callbacks. */
  CallbackExecutor callbacks() {
    return callbacks;
  }

  /** Returns the exception for a call on a stream that cannot go on. */
  IOException failure(StreamFailure reason, CoreStream stream) {
    SessionException end = termination.cause();
    if (end != null && (reason == StreamFailure.SESSION_ENDED || reason == StreamFailure.CLOSED)) {
      return end.again();
    }
    String name = "stream " + Integer.toUnsignedString(stream.id());
    String message =
        switch (reason) {
          case CLOSED -> name + " was closed on this side";
          case PEER_CLOSED -> name + " was closed by the peer in both directions";
          case REFUSED -> name + " was refused by the peer: it has no room for more";
          case RESET -> name + " was reset by the peer; data may be missing";
          case PEER_GONE ->
              name
                  + ": the peer has finished and granted no credit for too long; it has dropped the"
                  + " stream";
          case RECEIVE_BUDGET ->
              name
                  + " held most of the unread data when the receive budget of "
                  + limits.receiveBudgetBytes()
                  + " bytes was full; read faster or raise receiveBudgetBytes";
          case LINGER_EXPIRED ->
              name + ": bytes written before close() could not be delivered in time";
          case SESSION_ENDED -> name + ": the session has ended";
        };
    return new StreamException(reason, message);
  }

  SessionStats stats() {
    CoreStats[] snapshot = new CoreStats[1];
    core.enter((mux, now) -> snapshot[0] = mux.stats(now));
    List<StreamStats> each = new ArrayList<>();
    streams.toList().forEach(stream -> each.add(stream.stats()));
    return new SessionStats(snapshot[0], sendQueue.bytes(), undeliveredBytes.get(), each);
  }

  /**
   * Returns the credit of a stream: what the peer grants us, and what we grant the peer, in frames.
   */
  int[] credits(CoreStream stream) {
    return core.ask(mux -> new int[] {stream.sendCreditFrames(), stream.receiveCreditFrames()});
  }

  boolean isDebloat() {
    return core.ask(MuxCore::isDebloat);
  }

  /** Returns the last round trip in nanoseconds, -1 when there was none. */
  long latencyNanos() {
    return core.ask(MuxCore::latencyNanos);
  }

  boolean isFlushed() {
    return core.ask(mux -> mux.isFlushed() && writer.isIdle());
  }

  /** Carries out what waits for room in the queue or for a PONG; called without any lock. */
  void tellWaiting() {
    closer.onTold();
    pings.tell();
    sendQueue.runWaiting();
  }

  /** PINGs up to this number were answered; under the lock. */
  void noteAnswer(long number, Duration latency) {
    pings.note(number, latency);
  }

  // ---- commands of the application

  /**
   * Opens a stream if there is room in the queue for its SYN; else returns null. Looks for room
   * under the lock, so that calls at the same time do not all find the same room.
   */
  @Nullable MuxStream open(byte[] metadata) throws SessionException {
    SessionException end = termination.cause();
    if (end != null) {
      throw end.again();
    }
    StreamOutput output = new StreamOutput(this);
    MuxStream[] stream = new MuxStream[1];
    boolean[] full = new boolean[1];
    core.enter((mux, now) -> {
      if (mux.isEnded() || closer.isClosing()) {
        return;
      }
      full[0] = sendQueue.isFull();
      if (!full[0]) {
        stream[0] = new MuxStream(this, mux.open(metadata, output, now), output);
        streams.add(stream[0]);
        writer.synQueued(metadata.length);
      }
    });
    if (full[0]) {
      return null;
    }
    MuxStream result = stream[0];
    if (result == null) {
      throw closer.cause();
    }
    ProcessCounters.STREAMS_OPENED.increment();
    return result;
  }

  /** Takes in a stream that the peer has opened; under the lock. */
  MuxStream adopt(CoreStream stream) {
    StreamOutput output = new StreamOutput(this);
    stream.attach(output);
    MuxStream adopted = new MuxStream(this, stream, output);
    streams.add(adopted);
    ProcessCounters.STREAMS_OPENED.increment();
    return adopted;
  }

  void setDebloat(boolean on) {
    core.enter((mux, now) -> mux.setDebloat(on));
  }

  void setLiveness(LivenessConfig liveness) {
    waitProbeNanos = liveness.waitProbeNanos();
    core.enter((mux, now) -> mux.setLiveness(liveness, now));
    waitWatch.onNewLimit();
  }

  CompletableFuture<Duration> ping() {
    List<CompletableFuture<Duration>> future = new ArrayList<>(1);
    core.enter((mux, now) -> future.add(pings.add(mux.requestPing(now))));
    return future.get(0);
  }

  /**
   * A call waits: asks a peer that is silent for long for a sign of life; returns for how long it
   * is silent.
   */
  long probe() {
    long[] silenceNanos = new long[1];
    core.enter((mux, now) -> {
      mux.probe(now);
      silenceNanos[0] = mux.stats(now).silenceNanos();
    });
    return silenceNanos[0];
  }

  /** Has {@link WaitWatch#onTime} called after a while, instead of what was said before. */
  void probeAfter(long delayNanos) {
    core.probeAfter(delayNanos);
  }

  void accepted(MuxStream stream) {
    core.enter((mux, now) -> mux.accepted(stream.core(), now));
  }

  /** The application has brought data, and its thread waits until it has been taken. */
  void dataReady(StreamOutput output, int callerBytes) {
    writer.announce(output);
    driver.requestWrite(callerBytes);
  }

  /**
   * A callback has brought data where there is room for it: encodes it at once; returns how many
   * bytes of frames, those of other streams included.
   */
  int encodeNow(StreamOutput output) {
    writer.announce(output);
    return directWriters().encode(output);
  }

  /** The application has brought data, which was copied: its thread goes on. */
  void dataQueued(StreamOutput output, int callerBytes) {
    writer.announce(output);
    requestWrite(callerBytes);
  }

  /**
   * There may be something to write. What a callback brings on the thread that reads waits for what
   * the other callbacks of the same input bring.
   */
  void requestWrite(int callerBytes) {
    if (!reader.wakeUps().writesLater()) {
      driver.requestWrite(callerBytes);
    }
  }

  /**
   * The application has brought data, and is about to bring more of the same stream at once.
   *
   * @param pendingBytes what has come together
   */
  void dataGathers(StreamOutput output, int pendingBytes) {
    writer.announce(output);
    if (!reader.wakeUps().writesLater()) {
      driver.requestWriteSoon(pendingBytes);
    }
  }

  /** Returns whether something to write may be waiting for more. */
  boolean gathers() {
    return driver.gathers() && !writer.isIdle();
  }

  /** Writes what waits for more, or for the callbacks that come after this one. */
  void flush() {
    boolean putOff = reader.wakeUps().takeWriteWanted();
    if (putOff || !writer.isIdle()) {
      driver.requestWrite(0);
    }
  }

  private void writeAnnounced() {
    if (!writer.isIdle()) {
      requestWrite(0);
    }
  }

  /** Takes the buffer of a waiting writer back. */
  void withdraw(StreamOutput output) {
    core.enter((mux, now) -> output.withdrawLoan());
  }

  /** The application has taken enough data of a stream for the core to hear of it. */
  void report(StreamInput input) {
    core.enter(input::reportTo);
  }

  void finish(MuxStream stream, boolean mayHold) {
    core.enter((mux, now) -> {
      stream.output().stopAccepting(false);
      mux.finish(stream.core(), mayHold, now);
    });
    writeAnnounced();
    stream.output().tellWritable();
  }

  /**
   * Closes a stream; one whose writer is in the middle of a write is reset, and one that nobody has
   * taken.
   */
  void close(MuxStream stream) {
    stream.input().close();
    core.enter((mux, now) -> {
      if (stream.output().stopAccepting(true) || stream.core().awaitsAccept()) {
        mux.abort(stream.core(), now);
      } else {
        mux.close(stream.core(), now);
      }
      stream.core().detachIfDone();
    });
    writeAnnounced();
    stream.output().tellWritable();
    forget(stream);
  }

  void reset(MuxStream stream) {
    stream.input().close();
    core.enter((mux, now) -> {
      stream.output().stopAccepting(true);
      mux.abort(stream.core(), now);
      stream.core().detachIfDone();
    });
    stream.output().tellWritable();
    forget(stream);
  }

  /**
   * The application would write on to a stream that is closed. Where it was not the application
   * that closed it, the peer must not take what it gets for all, if there is still time to tell.
   */
  void cutShort(MuxStream stream) {
    if (stream.isOpen() && closer.isClosing()) {
      reset(stream);
    }
  }

  private void forget(MuxStream stream) {
    if (streams.remove(stream)) {
      report(stream.input());
    }
  }

  /**
   * Closes every stream and waits until all is delivered, the peer has ended too, or time is up.
   */
  void close() {
    closer.close();
  }

  /** Begins what {@link #close} waits for. */
  void beginClose() {
    closer.begin();
  }

  /** Refuses what the peer opens, waits for the live streams at most that long, and closes. */
  void drain(long timeoutNanos) {
    closer.drain(timeoutNanos);
  }

  /** Begins what {@link #drain} waits for. */
  void beginDrain(long timeoutNanos) {
    closer.beginDrain(timeoutNanos);
  }

  /** Sets what is done at a later time, instead of what was set before. */
  void setAlarm(long delayNanos, Runnable action) {
    core.setAlarm(delayNanos, action);
  }

  /** Refuses every stream that the peer opens from now on. */
  void refuseStreams() {
    core.enter((mux, now) -> mux.refuseStreams());
  }

  boolean hasLiveStreams() {
    return core.ask(mux -> mux.liveStreams() > 0);
  }

  boolean isClosing() {
    return closer.isClosing();
  }

  /** No stream is opened or accepted any more, and every stream is closed. */
  void closeStreams(SessionException cause) {
    refuseStreams();
    acceptQueue.end(cause);
    streams.toList().forEach(this::close);
    driver.requestWrite(0);
  }

  // ---- for the driver: reading

  /** Takes in bytes of the peer; called by the reader. Never throws and never blocks. */
  void onInput(ByteBuffer source) {
    if (!closer.isDiscarding()) {
      reader.onInput(source);
    }
  }

  /** Returns what takes in the bytes of {@link #onInput}, for its caller. */
  SessionReader reader() {
    return reader;
  }

  /** The peer has ended its direction of the transport; called by the reader. */
  void onInputEnd() {
    boolean midFrame = !reader.atFrameBoundary() && !closer.isDiscarding();
    boolean openStreams = core.ask(MuxCore::hasOpenStreams);
    if (closer.isClosing() && !midFrame) {
      end(SessionEnd.CLOSED, "closed on this side", null);
    } else if (midFrame) {
      end(SessionEnd.TRUNCATED, "the transport ended inside a frame", null);
    } else if (openStreams) {
      end(SessionEnd.TRUNCATED, "the transport ended while streams were open", null);
    } else {
      end(SessionEnd.PEER_CLOSED, "the peer has closed the session", null);
    }
  }

  // ---- for the driver: writing and time

  /**
   * Encodes what is to be written; called by the writer.
   *
   * @param target gets the frames; it has room for {@link #LONGEST_FRAME_BYTES} beyond the wanted
   *     bytes
   * @param wantedBytes no further frame is begun once this much is encoded, but for data that fills
   *     {@link Driver#FULL_FRAME_BYTES} beyond it where the driver fills segments
   */
  void fill(ByteBuffer target, int wantedBytes) {
    writer.fill(target, wantedBytes);
  }

  /** What {@link #fill} has encoded is written, and there may be more; called by the writer. */
  void onRoundWritten() {
    heldWriters().onRound();
  }

  /** What {@link #fill} has encoded has to wait for the connection; called by the writer. */
  void onConnectionFull() {
    heldWriters().wake();
  }

  /** The connection has taken nothing for a while. */
  void onHeldUp() {
    core.enter(writer::onHeldUp);
  }

  /** Everything that {@link #fill} had is written; called by the writer. */
  void onDrained() {
    heldWriters().wake();
    closer.onDrained();
  }

  /** The time set by {@link Driver#setDeadline} has come. */
  void onDeadline() {
    long silenceNanos = core.onDeadline(waitWatch);
    if (silenceNanos >= 0) {
      end(
          SessionEnd.TIMED_OUT,
          "timed out: no byte of the peer for " + silenceNanos / 1_000_000 + " ms",
          null);
    }
  }

  void onTransportFailure(Throwable cause) {
    if (cause instanceof IOException && closer.isDiscarding()) {
      // All of ours is written, and the peer has ended, if not in order.
      end(
          SessionEnd.CLOSED,
          "closed on this side; the transport failed after that: " + cause.getMessage(),
          cause);
    } else if (cause instanceof IOException) {
      end(SessionEnd.TRANSPORT_FAILED, "the transport failed: " + cause.getMessage(), cause);
    } else {
      end(SessionEnd.INTERNAL_ERROR, "defect in the session: " + cause, cause);
    }
  }

  // ---- the end

  void endByViolation(ProtocolViolationException violation) {
    end(
        SessionEnd.PROTOCOL_VIOLATION,
        violation.violation() + ": " + violation.getMessage(),
        violation);
  }

  /**
   * Ends the session at once; the first cause stays. All who wait wake before the transport is
   * closed.
   */
  void end(SessionEnd reason, String message, @Nullable Throwable cause) {
    SessionException exception =
        new SessionException(reason, "session " + id + ": " + message, cause);
    if (!termination.begin(exception)) {
      return;
    }
    endPart(() ->
        core.enter((mux, now) -> {
          mux.end();
          writer.dropSyns();
        }));
    endPart(() -> MemoryGuard.remove(this));
    if (reason == SessionEnd.OVERLOADED) {
      endPart(() -> streams.toList().forEach(stream -> stream.input().discard()));
    }
    endPart(() -> acceptQueue.end(exception));
    endPart(() -> pings.end(exception));
    endPart(sendQueue::end);
    endPart(driver::close);
    ProcessCounters.SESSIONS_ENDED.increment();
    logEnd(exception);
    termination.complete(exception.withUndelivered(undeliveredBytes.get()));
  }

  /** Whatever breaks at the end of one part, the others end as well and everyone wakes. */
  private void endPart(Runnable part) {
    try {
      part.run();
    } catch (RuntimeException | Error e) {
      DEFECTS.log("session " + id + ": defect in its end", e);
    }
  }

  private static void logEnd(SessionException exception) {
    switch (exception.reason()) {
      case CLOSED, ABORTED, PEER_CLOSED ->
          LOG.log(System.Logger.Level.DEBUG, exception.getMessage());
      case TRUNCATED, TIMED_OUT, TRANSPORT_FAILED, PROTOCOL_VIOLATION, OVERLOADED -> {
        boolean detailed = LOG.isLoggable(System.Logger.Level.DEBUG);
        BAD_ENDS.log(exception.getMessage(), detailed ? exception.getCause() : null);
      }
      case INTERNAL_ERROR -> DEFECTS.log(exception.getMessage(), exception.getCause());
    }
  }
}
