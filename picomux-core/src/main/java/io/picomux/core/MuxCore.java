package io.picomux.core;

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
 *   <li>{@code poll…} for what must go out: {@link #pollFrame}, {@link #pollCut}, {@link
 *       #pollEvent}, {@link #nextDeadlineNanos}. They are to be asked after every call of the other
 *       kinds.
 * </ul>
 *
 * <p>Every {@code nowNanos} counts from the beginning of the session: it starts at 0 or more and
 * never goes back. A violation of the peer's is thrown; the owner then calls {@link #end}.
 */
public final class MuxCore {
  private final FrameCounters counters = new FrameCounters();
  private final SendScheduler scheduler = new SendScheduler();
  private final StreamTable table;
  private final IdSpace ids;
  private final Liveness liveness;
  final ReceiveSide receiving;
  final StreamLife life;
  private final SessionFrames sessionFrames;
  private final FrameQueue frames;
  private final Admission admission;
  private final PeerFrames peerFrames;

  private boolean ended;

  /**
   * Creates one end of a session.
   *
   * @param seed where stream ids and the hash of the stream table come from; the two ends of a
   *     session must not share one, and a peer must not be able to guess it
   */
  public MuxCore(MuxConfig config, long seed, long nowNanos) {
    this.table = new StreamTable(seed);
    this.ids = new IdSpace(table, seed);
    PeerConduct conduct = new PeerConduct(counters, nowNanos);
    this.liveness = new Liveness(config.liveness(), nowNanos);
    this.receiving = new ReceiveSide(config, scheduler);
    this.life = new StreamLife(config, table, ids, scheduler, receiving);
    this.sessionFrames = new SessionFrames(liveness, conduct, config.offerHalfClose());
    this.frames = new FrameQueue(sessionFrames, scheduler, life, counters);
    this.admission = new Admission(config.limits(), table, receiving, nowNanos);
    this.peerFrames =
        new PeerFrames(
            config.offerHalfClose(),
            table,
            ids,
            admission,
            receiving,
            life,
            liveness,
            sessionFrames,
            conduct,
            counters);
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

  /** Returns all memory that counts against the receive budget. */
  public long heldBytes() {
    return receiving.budget().heldBytes();
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
    return life.isHalfCloseCertain();
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
        admission.inboundStreams(),
        admission.waitingStreams(),
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
        life.isHalfCloseCertain());
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
    return peerFrames.onData(streamId, bodyBytes, nowNanos);
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
    return peerFrames.onControl(command, streamId, body, nowNanos);
  }

  /** Returns how many streams of the peer's were refused since the last call. */
  public int takeRefusedLately() {
    return admission.takeRefusedLately();
  }

  /** Returns how many bytes of metadata came with refused streams since the last call. */
  public long takeRefusedBytesLately() {
    return admission.takeRefusedBytesLately();
  }

  /**
   * Returns how many streams of the peer's were over before the application had accepted them,
   * without a byte or by a reset, since the last call.
   */
  public int takeFutileLately() {
    return admission.takeFutileLately();
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
    life.onTimeout(nowNanos);
    receiving.grantWaiting(nowNanos);
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
    CoreStream stream = new CoreStream(ids.draw(nowNanos), true, metadata, source, nowNanos);
    table.add(stream);
    counters.streamsOpenedLocally++;
    stream.synOwed = true;
    scheduler.controlReady(stream);
    liveness.request(nowNanos);
    return stream;
  }

  /**
   * The application has taken a stream that the peer has opened. Its metadata counts against the
   * budget until the stream is closed by the application and over on the wire.
   */
  public void accepted(CoreStream stream, long nowNanos) {
    if (!stream.accepted) {
      stream.accepted = true;
      admission.accepted();
      receiving.accepted(stream, nowNanos);
    }
  }

  /** The source of the stream has pending bytes that the core may not know of. */
  public void dataReady(CoreStream stream, long nowNanos) {
    if (stream.lacksSendCredit()) {
      stream.heldUp();
      life.watchForGonePeer(stream, nowNanos);
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
                + receiving.budget().heldBytes()
                + " of "
                + receiving.budget().limitBytes()
                + " bytes");
      }
      counters.budgetKills++;
      life.sacrifice(victim, nowNanos);
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
    receiving.consumed(stream, frames, freedBytes, nowNanos);
  }

  /**
   * The application has nothing more to send on a stream. FIN follows what is pending.
   *
   * @param mayHold whether the FIN may be held back while the peer could take it for the end of
   *     both directions, see {@link FinMode#AUTO}
   */
  public void finish(CoreStream stream, boolean mayHold, long nowNanos) {
    life.finish(stream, mayHold, nowNanos);
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
      admission.closed();
      accepted(stream, nowNanos);
    }
    if (stream.state == StreamState.ENDED) {
      receiving.metadataFreed(stream);
    } else {
      life.close(stream, nowNanos);
    }
  }

  /** Like {@link #close}, but what is pending is dropped. */
  public void abort(CoreStream stream, long nowNanos) {
    if (!stream.appClosed || stream.state.sends()) {
      life.reset(stream, nowNanos);
    }
    close(stream, nowNanos);
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
    admission.refuseAll();
  }

  /** The session is over: every live stream fails with {@link StreamFailure#SESSION_ENDED}. */
  public void end() {
    if (ended) {
      return;
    }
    ended = true;
    admission.refuseAll();
    life.endAll();
  }

  // ---- what must go out

  /** Returns whether {@link #pollFrame} may have a frame. */
  public boolean wantsToWrite() {
    return !ended && frames.mayHaveFrame();
  }

  /**
   * Hands out the next frame: control frames first, then sparse streams, then bulk in turn.
   *
   * @param out filled when there is a frame
   * @return whether there is one
   */
  public boolean pollFrame(OutboundFrame out, long nowNanos) {
    return !ended && frames.poll(out, nowNanos);
  }

  /**
   * Hands out the next frame if it is one of data, cut to what there is room for, unless it is
   * credit of the peer's that limits what is sent.
   *
   * @param out filled when there is a frame
   * @param mostBodyBytes what it holds at the most, from 1 to {@link WireFormat#DATA_BODY_BYTES}
   * @return whether there is one
   */
  public boolean pollCut(OutboundFrame out, int mostBodyBytes, long nowNanos) {
    return !ended && frames.pollCut(out, mostBodyBytes, nowNanos);
  }

  /**
   * Returns whether the connection has taken data so fast lately that what is ready now is sent
   * within milliseconds.
   */
  public boolean sendsFast() {
    return scheduler.hasFullTurns();
  }

  /** The connection has taken nothing for a while: tells the sources that have pending bytes. */
  public void heldUp() {
    scheduler.heldUp();
  }

  /** Returns the next stream with events to take, see {@link CoreStream#takeEvents()}, or null. */
  public @Nullable CoreStream pollEvent() {
    return life.pollEvent();
  }

  /**
   * Returns when {@link #handleTimeout} wants to be called, or {@link Long#MAX_VALUE} for never.
   */
  public long nextDeadlineNanos() {
    return ended
        ? DeadlineHeap.NEVER
        : Math.min(
            liveness.deadlineNanos(),
            Math.min(life.earliestDeadlineNanos(), receiving.deadlineNanos()));
  }

  private void requireLive() {
    if (ended) {
      throw new IllegalStateException("the session has ended");
    }
  }
}
