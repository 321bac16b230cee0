package io.picomux;

import io.picomux.core.Command;
import io.picomux.core.CoreStats;
import io.picomux.core.CoreStream;
import io.picomux.core.FrameDecoder;
import io.picomux.core.LivenessConfig;
import io.picomux.core.MuxConfig;
import io.picomux.core.MuxCore;
import io.picomux.core.MuxLimits;
import io.picomux.core.OutboundFrame;
import io.picomux.core.ProtocolViolationException;
import io.picomux.core.SessionEnd;
import io.picomux.core.StreamFailure;
import io.picomux.core.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One session: joins the protocol core with the buffers of the streams and with the driver that
 * moves the bytes. Safe for concurrent use.
 *
 * <p>The lock guards the core. It is never held over I/O, over a call of the application's, or
 * while waiting. Frames are decided under it and bodies copied after it, in two roles, each held by
 * one thread at a time: the <em>reader</em> calls {@link #onInput}, the <em>writer</em> {@link
 * #fill}.
 */
final class Session {
  /** The longest frame: what a buffer for {@link #fill} has room for beyond the wanted bytes. */
  static final int LONGEST_FRAME_BYTES = WireFormat.HEADER_BYTES + WireFormat.MAX_BODY_BYTES;

  private static final System.Logger LOG = System.getLogger("io.picomux");
  private static final AtomicLong IDS = new AtomicLong();

  /** Something that happened to a stream, to be told to its buffers after the lock. */
  private record StreamEvent(
      MuxStream stream,
      int events,
      @Nullable StreamFailure sendFailure,
      @Nullable StreamFailure receiveFailure) {}

  private final long id = IDS.incrementAndGet();
  private final long startNanoTime = System.nanoTime();
  private final ReentrantLock lock = new ReentrantLock();
  private final MuxCore core;
  private final MuxLimits limits;
  private final CallbackExecutor callbacks;
  private final @Nullable FrameListener frameListener;
  private final PicoMux handle;
  private final Driver driver;
  private final AcceptQueue acceptQueue;
  private final PendingPings pings;
  private final Termination termination;
  private final SendQueueGauge sendQueue;
  private final SessionCloser closer;
  private final AtomicLong undeliveredBytes = new AtomicLong();

  /** The streams that the application has not closed yet. */
  private final Set<MuxStream> streams = ConcurrentHashMap.newKeySet();

  /** Streams whose application has brought data, to be told to the core by the writer. */
  private final ConcurrentLinkedQueue<StreamOutput> announced = new ConcurrentLinkedQueue<>();

  // Owned by the reader.
  private final FrameDecoder decoder = new FrameDecoder();
  private final Deliveries deliveries = new Deliveries();
  private final List<StreamInput> reports = new ArrayList<>();
  private final List<MuxStream> opened = new ArrayList<>();
  private final List<Runnable> frameLog = new ArrayList<>();
  private @Nullable StreamInput currentInput;

  // Owned by the writer.
  private final OutboundFrame frame = new OutboundFrame();
  private final WriteBatch batch = new WriteBatch();

  // Guarded by the lock.
  private boolean delivering;
  private long pooledUnreadBytes;
  private long deadlineNanos = Long.MAX_VALUE;
  private long answeredPings;
  private long unsentSynBytes;

  private volatile long waitProbeNanos;

  Session(
      PicoMux handle, MuxConfig config, SessionOptions options, long seed, Driver.Factory drivers)
      throws IOException {
    this.handle = handle;
    this.limits = config.limits();
    this.core = new MuxCore(config, seed, 0);
    this.waitProbeNanos = config.liveness().waitProbeNanos();
    this.callbacks = new CallbackExecutor(options.executor(), id);
    this.frameListener = GuardedFrameListener.of(options.frameListener(), id);
    this.acceptQueue = new AcceptQueue(this, callbacks);
    this.pings = new PendingPings(callbacks);
    this.termination = new Termination(callbacks);
    this.sendQueue = new SendQueueGauge(limits.sessionQueueBytes());
    this.closer = new SessionCloser(this, limits.closeLingerNanos());
    this.driver = drivers.create(this);
  }

  void start() throws IOException {
    ProcessCounters.SESSIONS_OPENED.increment();
    LOG.log(System.Logger.Level.DEBUG, "session {0} begins with {1}", id, driver.remoteAddress());
    try {
      driver.start();
    } catch (IOException | RuntimeException | Error e) {
      end(SessionEnd.TRANSPORT_FAILED, "the transport does not start: " + e.getMessage(), e);
      throw e;
    }
    inCore(() -> {});
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

  long waitProbeNanos() {
    return waitProbeNanos;
  }

  boolean isQueueFull() {
    return sendQueue.isFull();
  }

  void addQueued(long change) {
    sendQueue.add(change);
  }

  /** Runs a quick task once there is room in the queue; called without any lock. */
  void whenQueueHasRoom(Runnable task) {
    sendQueue.whenRoom(task);
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
                  + ": the peer has finished and granted no credit for too long; it has dropped the stream";
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
    CoreStats snapshot;
    List<StreamStats> each = new ArrayList<>();
    lock.lock();
    try {
      snapshot = core.stats(now());
    } finally {
      lock.unlock();
    }
    streams.forEach(stream -> each.add(stream.stats()));
    return new SessionStats(snapshot, sendQueue.bytes(), undeliveredBytes.get(), each);
  }

  /**
   * Returns the credit of a stream: what the peer grants us, and what we grant the peer, in frames.
   */
  int[] credits(CoreStream stream) {
    lock.lock();
    try {
      return new int[] {stream.sendCreditFrames(), stream.receiveCreditFrames()};
    } finally {
      lock.unlock();
    }
  }

  boolean isDebloat() {
    lock.lock();
    try {
      return core.isDebloat();
    } finally {
      lock.unlock();
    }
  }

  /** Returns the last round trip in nanoseconds, -1 when there was none. */
  long latencyNanos() {
    lock.lock();
    try {
      return core.latencyNanos();
    } finally {
      lock.unlock();
    }
  }

  boolean isFlushed() {
    lock.lock();
    try {
      return core.isFlushed() && announced.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  // ---- commands of the application

  MuxStream open(byte[] metadata) throws SessionException {
    SessionException end = termination.cause();
    if (end != null) {
      throw end.again();
    }
    StreamOutput output = new StreamOutput(this);
    MuxStream[] stream = new MuxStream[1];
    inCore(() -> {
      if (!core.isEnded() && !closer.isClosing()) {
        CoreStream opening = core.open(metadata, output, now());
        stream[0] = new MuxStream(this, opening, output);
        streams.add(stream[0]);
        addUnsentSyn(WireFormat.HEADER_BYTES + metadata.length);
      }
    });
    MuxStream result = stream[0];
    if (result == null) {
      throw closer.cause();
    }
    ProcessCounters.STREAMS_OPENED.increment();
    return result;
  }

  void setDebloat(boolean on) {
    inCore(() -> core.setDebloat(on));
  }

  void setLiveness(LivenessConfig liveness) {
    waitProbeNanos = liveness.waitProbeNanos();
    inCore(() -> core.setLiveness(liveness, now()));
  }

  CompletableFuture<Duration> ping() {
    long[] number = new long[1];
    List<CompletableFuture<Duration>> future = new ArrayList<>(1);
    inCore(() -> {
      number[0] = core.requestPing(now());
      future.add(pings.add(number[0]));
    });
    return future.get(0);
  }

  void probe() {
    inCore(() -> core.probe(now()));
  }

  void accepted(MuxStream stream) {
    inCore(() -> {
      core.accepted(stream.core(), now());
      updatePool();
    });
  }

  /** The application has brought data. */
  void dataReady(StreamOutput output, int callerBytes) {
    if (output.announce()) {
      announced.add(output);
    }
    driver.requestWrite(callerBytes);
  }

  /** Takes the buffer of a waiting writer back. */
  void withdraw(StreamOutput output) {
    lock.lock();
    try {
      output.withdrawLoan();
    } finally {
      lock.unlock();
    }
  }

  /** The application has taken enough data of a stream for the core to hear of it. */
  void report(StreamInput input) {
    ProtocolViolationException[] violation = new ProtocolViolationException[1];
    inCore(() -> {
      try {
        input.reportTo(core, now());
        updatePool();
      } catch (ProtocolViolationException e) {
        violation[0] = e;
      }
    });
    if (violation[0] != null) {
      endByViolation(violation[0]);
    }
  }

  void finish(MuxStream stream, boolean mayHold) {
    inCore(() -> {
      stream.output().stopAccepting(false);
      core.finish(stream.core(), mayHold, now());
    });
    stream.output().tellWritable();
  }

  void close(MuxStream stream) {
    stream.input().close();
    inCore(() -> {
      stream.output().stopAccepting(true);
      core.close(stream.core(), now());
    });
    stream.output().tellWritable();
    forget(stream);
  }

  void reset(MuxStream stream) {
    stream.input().close();
    inCore(() -> {
      stream.output().stopAccepting(true);
      core.abort(stream.core(), now());
    });
    stream.output().tellWritable();
    forget(stream);
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

  /** Begins to close: no stream is opened or accepted any more, and every stream is closed. */
  void beginClose(SessionException cause) {
    inCore(core::refuseStreams);
    acceptQueue.end(cause);
    streams.forEach(this::close);
    driver.requestWrite(0);
  }

  // ---- for the driver: reading

  /** Takes in bytes of the peer; called by the reader. Never throws and never blocks. */
  void onInput(ByteBuffer source) {
    if (closer.isDiscarding()) {
      return;
    }
    long now = now();
    Throwable broken = null;
    List<StreamEvent> events;
    boolean write;
    try {
      lock.lock();
      try {
        if (core.isEnded()) {
          // A stream that began now would never hear of the end.
          return;
        }
        delivering = true;
        core.handleBytes(now);
        decode(source, now);
      } catch (ProtocolViolationException e) {
        broken = e;
      } finally {
        lock.unlock();
      }
      deliver(source);
      lock.lock();
      try {
        for (StreamInput input : reports) {
          input.reportTo(core, now);
        }
        updatePool();
      } catch (ProtocolViolationException e) {
        broken = broken == null ? e : broken;
      } finally {
        lock.unlock();
      }
    } catch (RuntimeException | Error e) {
      broken = e;
    }
    lock.lock();
    try {
      delivering = false;
      events = takeEvents();
      write = core.wantsToWrite();
    } finally {
      lock.unlock();
    }
    deliveries.clear();
    reports.clear();
    logFrames();
    tell(events);
    for (MuxStream stream : opened) {
      acceptQueue.add(stream);
    }
    opened.clear();
    if (broken instanceof ProtocolViolationException violation) {
      endByViolation(violation);
    } else if (broken != null) {
      end(SessionEnd.INTERNAL_ERROR, "defect while reading: " + broken, broken);
    } else if (write) {
      driver.requestWrite(0);
    }
  }

  private void decode(ByteBuffer source, long now) throws ProtocolViolationException {
    while (true) {
      switch (decoder.next(source)) {
        case NEED_INPUT -> {
          return;
        }
        case CONTROL -> {
          noteFrame();
          CoreStream stream =
              core.handleControl(decoder.command(), decoder.streamId(), decoder.body(), now);
          if (stream != null) {
            StreamOutput output = new StreamOutput(this);
            stream.attach(output);
            MuxStream handleOfStream = new MuxStream(this, stream, output);
            streams.add(handleOfStream);
            opened.add(handleOfStream);
            ProcessCounters.STREAMS_OPENED.increment();
          }
        }
        case DATA_START -> {
          noteFrame();
          CoreStream stream = core.handleData(decoder.streamId(), decoder.bodyBytes(), now);
          currentInput = stream == null ? null : inputOf(stream);
          if (currentInput != null) {
            deliveries.addFrameStart(currentInput);
          }
        }
        case DATA -> {
          int length = decoder.dataBytes();
          if (currentInput != null) {
            deliveries.addData(currentInput, source.position(), length);
          }
          source.position(source.position() + length);
        }
      }
    }
  }

  private static StreamInput inputOf(CoreStream stream) {
    if (stream.source() instanceof StreamOutput output) {
      return output.stream().input();
    }
    throw new IllegalStateException(stream + " has nothing attached");
  }

  private void deliver(ByteBuffer source) {
    int from = 0;
    while (from < deliveries.size()) {
      int to = deliveries.endOfRun(from);
      StreamInput input = deliveries.input(from);
      if (input.deliver(deliveries, from, to, source)) {
        reports.add(input);
      }
      from = to;
    }
    deliveries.clear();
  }

  private void noteFrame() {
    FrameListener listener = frameListener;
    if (listener != null) {
      Command command = decoder.command();
      int streamId = decoder.streamId();
      int bodyBytes = decoder.bodyBytes();
      frameLog.add(() -> listener.onFrame(false, command, streamId, bodyBytes));
    }
  }

  private void logFrames() {
    frameLog.forEach(Runnable::run);
    frameLog.clear();
  }

  /** The peer has ended its direction of the transport; called by the reader. */
  void onInputEnd() {
    boolean midFrame = !decoder.atFrameBoundary() && !closer.isDiscarding();
    boolean openStreams;
    lock.lock();
    try {
      openStreams = core.hasOpenStreams();
    } finally {
      lock.unlock();
    }
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
   * @param wantedBytes no further frame is begun once this much is encoded
   */
  void fill(ByteBuffer target, int wantedBytes) {
    List<StreamEvent> events;
    lock.lock();
    try {
      long now = now();
      StreamOutput output;
      while ((output = announced.poll()) != null) {
        output.noticed();
        core.dataReady(output.stream().core(), now);
      }
      while (batch.encodedBytes() < wantedBytes && core.pollFrame(frame, now)) {
        batch.add(frame);
        if (frame.command() == Command.SYN) {
          addUnsentSyn(-(WireFormat.HEADER_BYTES + frame.bodyBytes()));
        }
      }
      events = takeEvents();
    } finally {
      lock.unlock();
    }
    batch.encode(target, frameListener);
    tell(events);
  }

  /** Everything that {@link #fill} had is written; called by the writer. */
  void onDrained() {
    closer.onDrained();
  }

  /** The time set by {@link Driver#setDeadline} has come. */
  void onDeadline() {
    boolean[] dead = new boolean[1];
    long[] silence = new long[1];
    inCore(() -> {
      deadlineNanos = Long.MAX_VALUE;
      dead[0] = core.handleTimeout(now());
      silence[0] = core.stats(now()).silenceNanos();
    });
    if (dead[0]) {
      end(
          SessionEnd.TIMED_OUT,
          "timed out: no byte of the peer for " + silence[0] / 1_000_000 + " ms",
          null);
    }
  }

  void onTransportFailure(Throwable cause) {
    if (cause instanceof IOException) {
      end(SessionEnd.TRANSPORT_FAILED, "the transport failed: " + cause.getMessage(), cause);
    } else {
      end(SessionEnd.INTERNAL_ERROR, "defect in the session: " + cause, cause);
    }
  }

  // ---- the end

  private void endByViolation(ProtocolViolationException violation) {
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
    inCore(() -> {
      core.end();
      addUnsentSyn(-unsentSynBytes);
      ProcessCounters.addUnread(-pooledUnreadBytes);
      pooledUnreadBytes = 0;
    });
    acceptQueue.end(exception);
    pings.end(exception);
    sendQueue.end();
    driver.close();
    closer.onEnded();
    ProcessCounters.SESSIONS_ENDED.increment();
    System.Logger.Level level =
        switch (reason) {
          case CLOSED, ABORTED, PEER_CLOSED -> System.Logger.Level.DEBUG;
          case TRUNCATED, TIMED_OUT, TRANSPORT_FAILED, PROTOCOL_VIOLATION ->
              System.Logger.Level.INFO;
          case INTERNAL_ERROR -> System.Logger.Level.ERROR;
        };
    LOG.log(level, exception.getMessage(), cause);
    termination.complete(exception.withUndelivered(undeliveredBytes.get()));
  }

  // ---- under the lock and right after it

  /** A SYN waits in the queue like data does, or has left it. */
  private void addUnsentSyn(long bytes) {
    unsentSynBytes += bytes;
    sendQueue.add(bytes);
  }

  private long now() {
    return System.nanoTime() - startNanoTime;
  }

  /** Enters the core and carries out afterwards what came of it. */
  private void inCore(Runnable action) {
    List<StreamEvent> events;
    boolean write;
    lock.lock();
    try {
      action.run();
      events = takeEvents();
      write = core.wantsToWrite();
    } finally {
      lock.unlock();
    }
    tell(events);
    if (write) {
      driver.requestWrite(0);
    }
  }

  /**
   * Collects what the streams have to hear, and passes on deadline and answered PINGs; under the
   * lock.
   */
  private List<StreamEvent> takeEvents() {
    long deadline = core.nextDeadlineNanos();
    if (deadline < deadlineNanos) {
      deadlineNanos = deadline;
      driver.setDeadline(startNanoTime + deadline);
    }
    long answered = core.answeredPings();
    if (answered != answeredPings) {
      answeredPings = answered;
      pings.note(answered, Duration.ofNanos(core.latencyNanos()));
    }
    if (delivering) {
      // Data that came before these events is not in its buffers yet: the reader will take them.
      return List.of();
    }
    List<StreamEvent> events = List.of();
    CoreStream stream;
    while ((stream = core.pollEvent()) != null) {
      if (stream.source() instanceof StreamOutput output) {
        if (events.isEmpty()) {
          events = new ArrayList<>();
        }
        events.add(
            new StreamEvent(
                output.stream(),
                stream.takeEvents(),
                stream.sendFailure(),
                stream.receiveFailure()));
      }
    }
    return events;
  }

  /** Carries out what came of the core; called without any lock. */
  private void tell(List<StreamEvent> events) {
    for (StreamEvent event : events) {
      MuxStream stream = event.stream;
      // A reader that sees a failure finds the other direction failed as well, and never takes the
      // FIN behind a failure for a clean end.
      if ((event.events & CoreStream.EVENT_SEND_FAILED) != 0 && event.sendFailure != null) {
        stream.output().onFailure(event.sendFailure);
      }
      if ((event.events & CoreStream.EVENT_RECEIVE_FAILED) != 0 && event.receiveFailure != null) {
        stream.input().onFailure(event.receiveFailure);
      }
      if ((event.events & CoreStream.EVENT_PEER_FIN) != 0) {
        stream.input().onPeerFin();
      }
    }
    pings.tell();
    sendQueue.runWaiting();
  }

  /** Passes the change of unread memory on to the process, and back what the process can spare. */
  private void updatePool() {
    long unread = core.unreadBytes();
    if (unread != pooledUnreadBytes && !core.isEnded()) {
      ProcessCounters.addUnread(unread - pooledUnreadBytes);
      pooledUnreadBytes = unread;
      core.setAvailableBudget(ProcessCounters.availableBudget(unread));
    }
  }
}
