package io.picomux.core;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One end of a session as pure code: what a frame means, what is a violation, who may send how
 * much, and when time runs out. It does no I/O and knows no clock, threads or randomness: the same
 * calls in the same order give the same result.
 *
 * <p>Not thread-safe: the owner calls from one thread at a time, under the session's lock. Four
 * kinds of methods:
 *
 * <ul>
 *   <li>getters;
 *   <li>{@code handle…} for what arrived: frames and the passing of time;
 *   <li>commands of the application: {@link #open}, {@link #dataReady}, {@link #consumed}, {@link
 *       #finish}, {@link #close} and others;
 *   <li>{@code poll…} for what must go out: {@link #pollFrame}, {@link #pollEvent}, {@link
 *       #nextDeadlineNanos}. They are to be asked after every call of the other kinds.
 * </ul>
 *
 * <p>Every {@code nowNanos} counts from the beginning of the session: it starts at 0 or more and
 * never goes back. A violation of the peer's is thrown; the owner then calls {@link #end}.
 */
public final class MuxCore {
  private static final byte[] EMPTY = {};

  private final MuxConfig config;
  private final MuxLimits limits;
  private final FrameCounters counters = new FrameCounters();
  private final SendScheduler scheduler = new SendScheduler();
  private final DeadlineHeap deadlines = new DeadlineHeap();
  private final ArrayDeque<CoreStream> eventQueue = new ArrayDeque<>();
  private final ArrayDeque<Integer> refusals = new ArrayDeque<>();
  private final StreamTable table;
  private final StreamIds ids;
  private final PeerIdMemory peerIds = new PeerIdMemory();
  private final PeerConduct conduct;
  private final Liveness liveness;
  private final ReceiveSide receiving;

  private int owedPongs;
  private int inboundStreams;
  private int waitingStreams;
  private boolean halfCloseCertain;
  private boolean resetsUnderstood;
  private boolean refusalTold;
  private boolean refusing;
  private boolean ended;

  /**
   * Creates one end of a session.
   *
   * @param seed where stream ids and the hash of the stream table come from; the two ends of a
   *     session must not share one, and a peer must not be able to guess it
   */
  public MuxCore(MuxConfig config, long seed, long nowNanos) {
    this.config = config;
    this.limits = config.limits();
    this.table = new StreamTable(seed);
    this.ids = new StreamIds(seed);
    this.conduct = new PeerConduct(counters, nowNanos);
    this.liveness = new Liveness(config.liveness(), nowNanos);
    this.receiving = new ReceiveSide(config, scheduler);
    this.halfCloseCertain = config.finMode() == FinMode.HALF_CLOSE;
  }

  // ---- getters

  /** Returns whether {@link #end} was called. */
  public boolean isEnded() {
    return ended;
  }

  /** Returns the memory allocated for data that the application has not read, metadata included. */
  public long unreadBytes() {
    return receiving.budget().unreadBytes();
  }

  /** Returns the number of streams that are not over on the wire. */
  public int liveStreams() {
    return table.size();
  }

  /**
   * Returns whether an end of the transport now would cut off data that a stream still has to move.
   */
  public boolean hasOpenStreams() {
    boolean[] open = new boolean[1];
    table.forEach(stream ->
        open[0] |=
            (!stream.appClosed && !stream.state.peerFinished()) || stream.pendingBytes() > 0);
    return open[0];
  }

  /**
   * Returns whether every stream has handed out its FIN, or has no one left who could want that.
   */
  public boolean isFlushed() {
    boolean[] owing = new boolean[1];
    table.forEach(stream -> owing[0] |= stream.state.sends());
    return !owing[0] && !wantsToWrite();
  }

  /** Returns the round trip of the last answered PING in nanoseconds, or -1 before the first. */
  public long latencyNanos() {
    return liveness.latencyNanos();
  }

  /** Returns the number of PINGs of ours that were answered, see {@link #requestPing}. */
  public long answeredPings() {
    return liveness.pongsReceived();
  }

  /** Returns whether the crate's debloat rule governs the receive windows. */
  public boolean isDebloat() {
    return receiving.isDebloat();
  }

  /** Returns whether FIN is known to end one direction only. */
  public boolean isHalfCloseCertain() {
    return halfCloseCertain;
  }

  /** Returns the liveness settings. */
  public LivenessConfig liveness() {
    return liveness.config();
  }

  /** Returns a snapshot of the figures. */
  public CoreStats stats(long nowNanos) {
    long received = 0;
    long sent = 0;
    for (Command command : Command.values()) {
      received += counters.receivedOf(command);
      sent += counters.sentOf(command);
    }
    return new CoreStats(
        table.size(),
        inboundStreams,
        waitingStreams,
        received,
        sent,
        counters.dataBytesReceived,
        counters.dataBytesSent,
        counters.streamsOpenedLocally,
        counters.streamsOpenedByPeer,
        counters.streamsRefused,
        counters.lateFrames,
        counters.noiseFrames,
        liveness.unsolicitedPongs(),
        counters.discardedBytes,
        receiving.budget().unreadBytes(),
        receiving.budget().limitBytes(),
        counters.budgetKills,
        liveness.latencyNanos(),
        liveness.silenceNanos(nowNanos),
        halfCloseCertain);
  }

  // ---- what arrived

  /** Bytes came from the peer, whatever they are: a sign of life. */
  public void handleBytes(long nowNanos) {
    liveness.onBytes(nowNanos);
  }

  /**
   * The header of a data frame came.
   *
   * @return the stream whose application gets the bytes of the body, or null when they are to be
   *     skipped
   */
  public @Nullable CoreStream handleData(int streamId, int bodyBytes, long nowNanos)
      throws ProtocolViolationException {
    counters.received(Command.PSH);
    counters.dataBytesReceived += bodyBytes;
    CoreStream stream = table.get(streamId);
    if (stream == null) {
      onFrameOfUnknownStream(Command.PSH, streamId, nowNanos);
      return null;
    }
    if (stream.state.peerFinished()) {
      counters.lateFrames++;
      return null;
    }
    if (!stream.receiveWindow.onFrame()) {
      throw new ProtocolViolationException(
          Violation.WINDOW_OVERRUN,
          streamId,
          "a data frame of "
              + bodyBytes
              + " bytes came for stream "
              + Integer.toUnsignedString(streamId)
              + ", whose credit is 0 frames");
    }
    if (bodyBytes == 0) {
      conduct.onEmptyFrame(stream, nowNanos);
    }
    stream.state = stream.state.on(StreamState.Input.PEER_DATA);
    if (stream.state.discardsData() || stream.receiveFailure != null) {
      counters.discardedBytes += bodyBytes;
      receiving.onDiscard(stream, bodyBytes);
      return null;
    }
    receiving.onData(stream, bodyBytes);
    return stream;
  }

  /**
   * A frame other than a data frame came.
   *
   * @param body the body as {@link FrameDecoder#body()} gives it; the array becomes the core's
   * @return the stream that the peer has opened, when the frame is a SYN that is not refused; the
   *     owner attaches a {@link SendSource} to it before its next call
   */
  public @Nullable CoreStream handleControl(
      Command command, int streamId, byte[] body, long nowNanos) throws ProtocolViolationException {
    counters.received(command);
    switch (command) {
      case SYN -> {
        return handleSyn(streamId, body, nowNanos);
      }
      case FIN -> handleFin(streamId, nowNanos);
      case MORE -> handleMore(streamId, FrameEncoder.moreFrames(body), nowNanos);
      case NOP -> handleNop(streamId, body, nowNanos);
      case PING -> handlePing(body);
      case PONG -> liveness.onPong(nowNanos);
      case PSH -> throw new IllegalArgumentException("data frames go to handleData");
    }
    return null;
  }

  /**
   * Time has passed.
   *
   * @return whether the peer counts as dead; the owner then ends the session
   */
  public boolean handleTimeout(long nowNanos) {
    if (ended) {
      return false;
    }
    CoreStream stream;
    while ((stream = deadlines.due(nowNanos)) != null) {
      onStreamTimeout(stream, nowNanos);
    }
    return liveness.onTimeout(nowNanos);
  }

  // ---- commands of the application

  /**
   * Opens a stream. There is no acknowledgement: data may follow at once.
   *
   * @param metadata at most 65,535 bytes; the array becomes the core's
   * @throws IllegalArgumentException when the metadata is longer
   */
  public CoreStream open(byte[] metadata, SendSource source, long nowNanos) {
    if (metadata.length > WireFormat.MAX_BODY_BYTES) {
      throw new IllegalArgumentException(
          "metadata is "
              + metadata.length
              + " bytes, at most "
              + WireFormat.MAX_BODY_BYTES
              + " fit a frame");
    }
    requireLive();
    CoreStream stream = new CoreStream(drawId(nowNanos), true, metadata, source, nowNanos);
    table.add(stream);
    counters.streamsOpenedLocally++;
    stream.synOwed = true;
    scheduler.controlReady(stream);
    liveness.request(nowNanos);
    return stream;
  }

  /**
   * The application has taken a stream that the peer has opened; its metadata is the application's
   * now.
   */
  public void accepted(CoreStream stream, long nowNanos) {
    if (!stream.accepted) {
      stream.accepted = true;
      waitingStreams--;
      receiving.consumed(stream, 0, stream.metadata().length, nowNanos, liveness.latencyNanos());
    }
  }

  /** The source of the stream has pending bytes that the core may not know of. */
  public void dataReady(CoreStream stream, long nowNanos) {
    if (stream.sendWindow.isExhausted()) {
      watchForGonePeer(stream, nowNanos);
    } else {
      scheduler.dataReady(stream);
    }
  }

  /**
   * Memory was allocated for bytes of a stream.
   *
   * @throws ProtocolViolationException when the peer has filled the budget with bodies larger than
   *     the crate's
   */
  public void stored(CoreStream stream, long bytes, long nowNanos)
      throws ProtocolViolationException {
    receiving.stored(stream, bytes);
    CoreStream victim;
    while ((victim = receiving.victim(table)) != null) {
      if (victim.sentOversizedBodies) {
        throw new ProtocolViolationException(
            Violation.OVERSIZED_BODIES,
            victim.id(),
            "data bodies above "
                + WireFormat.DATA_BODY_BYTES
                + " bytes on stream "
                + Integer.toUnsignedString(victim.id())
                + " filled the receive budget: "
                + receiving.budget().unreadBytes()
                + " of "
                + receiving.budget().limitBytes()
                + " bytes");
      }
      sacrifice(victim, nowNanos);
    }
  }

  /**
   * The application has taken data of a stream, or it was thrown away.
   *
   * @param frames data frames that are read to their end
   * @param readBytes data bytes that the application has taken
   * @param freedBytes memory that was given free
   */
  public void consumed(
      CoreStream stream, int frames, long readBytes, long freedBytes, long nowNanos) {
    receiving.sample(stream, readBytes, nowNanos);
    receiving.consumed(stream, frames, freedBytes, nowNanos, liveness.latencyNanos());
  }

  /**
   * The application has nothing more to send on a stream. FIN follows what is pending.
   *
   * @param mayHold whether the FIN may be held back while the peer could take it for the end of
   *     both directions, see {@link FinMode#AUTO}
   */
  public void finish(CoreStream stream, boolean mayHold, long nowNanos) {
    stream.finMayBeHeld = mayHold && config.finMode() == FinMode.AUTO;
    stream.state = stream.state.on(StreamState.Input.FINISH);
    onWriteSideChanged(stream, nowNanos);
  }

  /**
   * The application wants nothing more of a stream. What is pending goes out, then FIN; what
   * arrives is discarded. Must be called for every stream, also for one that is over on the wire,
   * and may be called again.
   */
  public void close(CoreStream stream, long nowNanos) {
    if (stream.appClosed) {
      return;
    }
    stream.appClosed = true;
    if (!stream.isLocal()) {
      inboundStreams--;
      accepted(stream, nowNanos);
    }
    if (stream.state == StreamState.ENDED) {
      return;
    }
    stream.state = stream.state.on(StreamState.Input.CLOSE);
    stream.closeUntilNanos = Liveness.saturatedAdd(nowNanos, limits.closeLingerNanos());
    receiving.onClosed(stream);
    onWriteSideChanged(stream, nowNanos);
  }

  /** Like {@link #close}, but what is pending is dropped. */
  public void abort(CoreStream stream, long nowNanos) {
    failSending(stream, StreamFailure.CLOSED);
    if (stream.state != StreamState.ENDED && !stream.appClosed) {
      oweReset(stream);
    }
    close(stream, nowNanos);
    if (stream.state != StreamState.ENDED) {
      onWriteSideChanged(stream, nowNanos);
    }
  }

  /**
   * Asks for a PING.
   *
   * @return the value that {@link #answeredPings()} has reached once this request is answered
   */
  public long requestPing(long nowNanos) {
    return liveness.request(nowNanos);
  }

  /** A call of the application has waited for {@link LivenessConfig#waitProbeNanos()}. */
  public void probe(long nowNanos) {
    liveness.probe(nowNanos);
  }

  /** Changes the liveness settings; a PING tells the peer. */
  public void setLiveness(LivenessConfig newConfig, long nowNanos) {
    liveness.setConfig(newConfig, nowNanos);
  }

  /** Switches the crate's debloat rule on, or back to the configured window policy. */
  public void setDebloat(boolean on) {
    receiving.setDebloat(on);
  }

  /** Tells how much of the configured receive budget the process can spare. */
  public void setAvailableBudget(long bytes) {
    receiving.budget().setAvailable(bytes);
  }

  /** Refuses every SYN from now on: the session is being closed. */
  public void refuseStreams() {
    refusing = true;
  }

  /** The session is over: every live stream fails with {@link StreamFailure#SESSION_ENDED}. */
  public void end() {
    if (ended) {
      return;
    }
    ended = true;
    for (CoreStream stream : table.toArray()) {
      failSending(stream, StreamFailure.SESSION_ENDED);
      if (!stream.state.peerFinished()) {
        failReceiving(stream, StreamFailure.SESSION_ENDED);
      }
      retire(stream);
    }
  }

  // ---- what must go out

  /** Returns whether {@link #pollFrame} may have a frame. */
  public boolean wantsToWrite() {
    return !ended
        && (owedPongs > 0 || liveness.pingDue() || !refusals.isEmpty() || scheduler.mayHaveWork());
  }

  /**
   * Hands out the next frame: control frames first, then sparse streams, then bulk in turn.
   *
   * @param out filled when there is a frame
   * @return whether there is one
   */
  public boolean pollFrame(OutboundFrame out, long nowNanos) {
    if (ended) {
      return false;
    }
    boolean found =
        pollSessionFrame(out, nowNanos)
            || pollStreamControl(out, nowNanos)
            || pollData(out, nowNanos);
    if (found) {
      counters.sent(out.command());
    }
    return found;
  }

  /** Returns the next stream with events to take, see {@link CoreStream#takeEvents()}, or null. */
  public @Nullable CoreStream pollEvent() {
    return eventQueue.poll();
  }

  /**
   * Returns when {@link #handleTimeout} wants to be called, or {@link Long#MAX_VALUE} for never.
   */
  public long nextDeadlineNanos() {
    return ended
        ? DeadlineHeap.NEVER
        : Math.min(liveness.deadlineNanos(), deadlines.earliestNanos());
  }

  // ---- frames of the peer

  private @Nullable CoreStream handleSyn(int streamId, byte[] metadata, long nowNanos)
      throws ProtocolViolationException {
    if (table.get(streamId) != null) {
      throw new ProtocolViolationException(
          Violation.DUPLICATE_SYN,
          streamId,
          "SYN for stream " + Integer.toUnsignedString(streamId) + ", which is open");
    }
    peerIds.add(streamId, nowNanos);
    if (refusing
        || inboundStreams >= limits.maxInboundStreams()
        || waitingStreams >= limits.acceptQueueStreams()
        || metadata.length > limits.maxInboundMetadataBytes()
        || receiving.budget().refusesStreams()) {
      counters.streamsRefused++;
      refusals.add(streamId);
      conduct.checkOwedRefusals(refusals.size(), streamId);
      return null;
    }
    CoreStream stream = new CoreStream(streamId, false, metadata, null, nowNanos);
    table.add(stream);
    counters.streamsOpenedByPeer++;
    inboundStreams++;
    waitingStreams++;
    receiving.stored(stream, metadata.length);
    return stream;
  }

  private void handleFin(int streamId, long nowNanos) throws ProtocolViolationException {
    CoreStream stream = table.get(streamId);
    if (stream == null) {
      onFrameOfUnknownStream(Command.FIN, streamId, nowNanos);
      return;
    }
    boolean first = !stream.state.peerFinished();
    stream.state = stream.state.on(StreamState.Input.PEER_FIN);
    if (first) {
      raise(stream, CoreStream.EVENT_PEER_FIN);
    }
    if (stream.state == StreamState.ENDED) {
      retire(stream);
      return;
    }
    if (config.finMode() == FinMode.FULL_CLOSE) {
      failSending(stream, StreamFailure.PEER_CLOSED);
      stream.resetOwed = false;
      stream.state = stream.state.on(StreamState.Input.CLOSE);
    }
    onWriteSideChanged(stream, nowNanos);
  }

  private void handleMore(int streamId, int frames, long nowNanos)
      throws ProtocolViolationException {
    conduct.checkMore(streamId);
    CoreStream stream = table.get(streamId);
    if (stream == null) {
      onFrameOfUnknownStream(Command.MORE, streamId, nowNanos);
      return;
    }
    if (stream.state.peerFinished()) {
      onHalfCloseCertain();
    }
    boolean wasExhausted = stream.sendWindow.isExhausted();
    stream.sendWindow.grant(frames, streamId);
    stream.state = stream.state.on(StreamState.Input.PEER_MORE);
    if (wasExhausted && frames > 0) {
      setGoneAt(stream, DeadlineHeap.NEVER);
      scheduler.creditReady(stream);
    }
  }

  private void handlePing(byte[] body) throws ProtocolViolationException {
    PingBody ping = PingJson.parse(body, 0, body.length);
    owedPongs++;
    conduct.checkOwedPongs(owedPongs);
    if (config.offerHalfClose()) {
      resetsUnderstood |= ping.resetOffered();
      if (ping.halfCloseOffered()) {
        onHalfCloseCertain();
      }
    }
  }

  /** A NOP means nothing, unless it is the notice of a reset that we have offered to understand. */
  private void handleNop(int streamId, byte[] body, long nowNanos)
      throws ProtocolViolationException {
    StreamFailure reason = config.offerHalfClose() ? ResetNotice.parse(body) : null;
    if (reason == null) {
      conduct.onNoise(Command.NOP, streamId, nowNanos);
      return;
    }
    CoreStream stream = table.get(streamId);
    if (stream == null) {
      onFrameOfUnknownStream(Command.NOP, streamId, nowNanos);
      return;
    }
    failSending(stream, reason);
    stream.resetOwed = false;
    if (!stream.state.peerFinished()) {
      failReceiving(stream, reason);
    }
    abandon(stream, nowNanos);
  }

  private void onFrameOfUnknownStream(Command command, int streamId, long nowNanos)
      throws ProtocolViolationException {
    if (ids.issued(streamId) || peerIds.mightContain(streamId, nowNanos)) {
      counters.lateFrames++;
    } else {
      conduct.onNoise(command, streamId, nowNanos);
    }
  }

  /** The peer has offered half-close or has proven it: FINs that were held back may go. */
  private void onHalfCloseCertain() {
    if (!halfCloseCertain && config.finMode() == FinMode.AUTO) {
      halfCloseCertain = true;
      table.forEach(stream -> {
        if (stream.state == StreamState.FINISHING) {
          scheduler.controlReady(stream);
        }
      });
    }
  }

  // ---- frames of ours

  private boolean pollSessionFrame(OutboundFrame out, long nowNanos) {
    if (owedPongs > 0) {
      owedPongs--;
      out.set(Command.PONG, WireFormat.NO_STREAM_ID);
      return true;
    }
    if (liveness.pingDue()) {
      liveness.onPingSent(nowNanos);
      long intervalMillis = liveness.config().pingIntervalMillis();
      out.set(
          Command.PING,
          WireFormat.NO_STREAM_ID,
          PingJson.encode(intervalMillis, config.offerHalfClose()));
      return true;
    }
    Integer refused = refusals.peek();
    if (refused == null) {
      return false;
    }
    if (resetsUnderstood && !refusalTold) {
      refusalTold = true;
      out.set(Command.NOP, refused, ResetNotice.refused());
    } else {
      refusalTold = false;
      refusals.remove();
      out.set(Command.FIN, refused);
    }
    return true;
  }

  private boolean pollStreamControl(OutboundFrame out, long nowNanos) {
    CoreStream stream;
    while ((stream = scheduler.nextControl()) != null) {
      if (stream.synOwed) {
        stream.synOwed = false;
        out.set(Command.SYN, stream.id(), stream.metadata());
        return true;
      }
      if (stream.moreOwedFrames > 0 && !stream.state.peerFinished()) {
        int frames = Math.min(stream.moreOwedFrames, WireFormat.MAX_MORE_FRAMES);
        stream.moreOwedFrames -= frames;
        out.set(Command.MORE, stream.id(), FrameEncoder.moreBody(frames));
        return true;
      }
      if (stream.resetOwed && resetsUnderstood) {
        stream.resetOwed = false;
        out.set(Command.NOP, stream.id(), ResetNotice.reset());
        return true;
      }
      scheduler.controlDone();
      if (finIsDue(stream, nowNanos)) {
        out.set(Command.FIN, stream.id(), EMPTY);
        onFinSent(stream, nowNanos);
        return true;
      }
    }
    return false;
  }

  private boolean pollData(OutboundFrame out, long nowNanos) {
    CoreStream stream = scheduler.nextData();
    SendSource source = stream == null ? null : stream.source();
    if (stream == null || source == null) {
      return false;
    }
    int bytes = Math.min(source.pendingBytes(), WireFormat.DATA_BODY_BYTES);
    stream.sendWindow.use();
    source.scheduled(bytes);
    scheduler.sent(stream, bytes);
    counters.dataBytesSent += bytes;
    out.setData(stream, bytes);
    if (stream.state.owesFin() && stream.pendingBytes() == 0) {
      scheduler.controlReady(stream);
    } else if (stream.sendWindow.isExhausted()) {
      watchForGonePeer(stream, nowNanos);
    }
    return true;
  }

  /**
   * Tells whether our FIN can go now; starts the time for which it is held back when it must wait.
   */
  private boolean finIsDue(CoreStream stream, long nowNanos) {
    if (!stream.state.owesFin() || stream.pendingBytes() > 0) {
      return false;
    }
    if (stream.state != StreamState.FINISHING || !stream.finMayBeHeld || halfCloseCertain) {
      return true;
    }
    if (stream.finHoldUntilNanos == DeadlineHeap.NEVER) {
      stream.finHoldUntilNanos = Liveness.saturatedAdd(nowNanos, limits.finHoldNanos());
      updateDeadline(stream);
    }
    return nowNanos >= stream.finHoldUntilNanos;
  }

  private void onFinSent(CoreStream stream, long nowNanos) {
    stream.state = stream.state.on(StreamState.Input.FIN_SENT);
    raise(stream, CoreStream.EVENT_FIN_SENT);
    stream.finHoldUntilNanos = DeadlineHeap.NEVER;
    if (stream.state == StreamState.ENDED) {
      retire(stream);
    } else {
      if (stream.state == StreamState.DISCARDING) {
        stream.closeUntilNanos = Liveness.saturatedAdd(nowNanos, limits.closeLingerNanos());
      }
      updateDeadline(stream);
    }
  }

  // ---- streams

  /** Something changed that decides whether data, FIN or nothing is to be sent, or by when. */
  private void onWriteSideChanged(CoreStream stream, long nowNanos) {
    if (stream.state.owesFin()) {
      scheduler.controlReady(stream);
    }
    watchForGonePeer(stream, nowNanos);
    updateDeadline(stream);
  }

  /**
   * Starts or ends the time after which a peer that has finished and grants nothing counts as gone.
   */
  private void watchForGonePeer(CoreStream stream, long nowNanos) {
    boolean stuck =
        stream.state.peerFinished() && stream.sendWindow.isExhausted() && stream.pendingBytes() > 0;
    if (!stuck) {
      setGoneAt(stream, DeadlineHeap.NEVER);
    } else if (stream.goneAtNanos == DeadlineHeap.NEVER) {
      setGoneAt(stream, Liveness.saturatedAdd(nowNanos, limits.peerGoneNanos()));
    }
  }

  private void setGoneAt(CoreStream stream, long atNanos) {
    if (stream.goneAtNanos != atNanos) {
      stream.goneAtNanos = atNanos;
      updateDeadline(stream);
    }
  }

  private void updateDeadline(CoreStream stream) {
    long hold =
        stream.state == StreamState.FINISHING ? stream.finHoldUntilNanos : DeadlineHeap.NEVER;
    long earliest = Math.min(hold, Math.min(stream.closeUntilNanos, stream.goneAtNanos));
    deadlines.set(stream, earliest);
  }

  private void onStreamTimeout(CoreStream stream, long nowNanos) {
    if (stream.goneAtNanos <= nowNanos) {
      stream.goneAtNanos = DeadlineHeap.NEVER;
      failSending(stream, StreamFailure.PEER_GONE);
    }
    if (stream.finHoldUntilNanos <= nowNanos) {
      stream.finHoldUntilNanos = DeadlineHeap.NEVER;
      stream.finMayBeHeld = false;
    }
    if (stream.closeUntilNanos <= nowNanos) {
      stream.closeUntilNanos = DeadlineHeap.NEVER;
      if (stream.state == StreamState.DISCARDING) {
        stream.state = stream.state.on(StreamState.Input.GIVE_UP);
        retire(stream);
        return;
      }
      if (stream.pendingBytes() > 0) {
        failSending(stream, StreamFailure.LINGER_EXPIRED);
      }
    }
    onWriteSideChanged(stream, nowNanos);
  }

  /** Ends the stream that holds most of a full budget. */
  private void sacrifice(CoreStream stream, long nowNanos) {
    counters.budgetKills++;
    receiving.forfeit(stream);
    failReceiving(stream, StreamFailure.RECEIVE_BUDGET);
    failSending(stream, StreamFailure.RECEIVE_BUDGET);
    abandon(stream, nowNanos);
  }

  /** Neither direction is of use any more; the stream goes on until both FINs are through. */
  private void abandon(CoreStream stream, long nowNanos) {
    if (stream.state != StreamState.ENDED) {
      stream.state = stream.state.on(StreamState.Input.CLOSE);
      stream.closeUntilNanos = Liveness.saturatedAdd(nowNanos, limits.closeLingerNanos());
      onWriteSideChanged(stream, nowNanos);
    }
  }

  private void failSending(CoreStream stream, StreamFailure failure) {
    if (stream.sendFailure == null && stream.state.sends()) {
      stream.sendFailure = failure;
      raise(stream, CoreStream.EVENT_SEND_FAILED);
      oweReset(stream);
    }
  }

  /** The peer is to be told that the stream ended before its time. */
  private void oweReset(CoreStream stream) {
    stream.resetOwed = true;
    scheduler.controlReady(stream);
  }

  private void failReceiving(CoreStream stream, StreamFailure failure) {
    if (stream.receiveFailure == null) {
      stream.receiveFailure = failure;
      raise(stream, CoreStream.EVENT_RECEIVE_FAILED);
    }
  }

  private void retire(CoreStream stream) {
    stream.state = StreamState.ENDED;
    table.remove(stream);
    deadlines.set(stream, DeadlineHeap.NEVER);
    receiving.onEnded(stream);
    raise(stream, CoreStream.EVENT_ENDED);
  }

  private void raise(CoreStream stream, int event) {
    if (stream.events == 0) {
      eventQueue.add(stream);
    }
    stream.events |= event;
  }

  private int drawId(long nowNanos) {
    while (true) {
      int id = ids.next();
      boolean seen = peerIds.mightContain(id, nowNanos) && !peerIds.saturated();
      if (!seen && table.get(id) == null) {
        return id;
      }
    }
  }

  private void requireLive() {
    if (ended) {
      throw new IllegalStateException("the session has ended");
    }
  }
}
