package io.picomux.core;

import org.jspecify.annotations.Nullable;

/**
 * What the core knows of one stream. Everything here is guarded by the session's lock, except for
 * what is final and for {@link #reportThresholdFrames()}.
 */
public final class CoreStream {
  /**
   * Credit for sending that no honest peer comes near: the crate grants at most 1500 frames. Beyond
   * it the peer is trying to make a counter overflow.
   */
  static final long MAX_CREDIT_FRAMES = 1L << 20;

  /** Event: the peer's FIN has come; after the data that came before it there is end of file. */
  public static final int EVENT_PEER_FIN = 1;

  /**
   * Event: nothing more can be sent, {@link #sendFailure()} says why; what is pending is to be
   * dropped.
   */
  public static final int EVENT_SEND_FAILED = 2;

  /** Event: nothing more can be received, {@link #receiveFailure()} says why. */
  public static final int EVENT_RECEIVE_FAILED = 4;

  /** Event: the stream is over on the wire and no frame for it will be handed out any more. */
  public static final int EVENT_ENDED = 8;

  /** Event: our FIN has been handed out, so every byte that was accepted before it as well. */
  public static final int EVENT_FIN_SENT = 16;

  /** The queue of the scheduler in which a stream waits to send data. */
  enum DataQueue {
    NONE,
    SPARSE,
    BULK
  }

  private final int id;
  private final boolean local;
  private final byte[] metadata;
  private @Nullable SendSource source;

  StreamState state = StreamState.OPEN;
  private int sendCreditFrames = WireFormat.INITIAL_WINDOW_FRAMES;
  final ReceiveWindow receiveWindow;
  final long openedNanos;
  @Nullable BandwidthEstimator bandwidth;

  /** Null until a full frame of data has come, and where no path is learned. */
  @Nullable PathShare pathShare;

  /** Data that came before there was a share of the path. */
  short bytesWithoutShare;

  // What is owed to the peer: state, not a queue, so that a peer that does not read cannot make it
  // grow.
  boolean synOwed;
  int moreOwedFrames;
  boolean finMayBeHeld;
  boolean resetOwed;

  // Where the stream stands in the scheduler.
  boolean inControlQueue;
  DataQueue dataQueue = DataQueue.NONE;
  int deficitBytes;

  // What is yet to be told to the engine.
  private byte events;
  @Nullable StreamFailure sendFailure;
  @Nullable StreamFailure receiveFailure;

  // Memory; of one stream it is at most what a window of the longest frames takes.
  int unreadBytes;
  int aboveFloorBytes;
  long discardedBytes;
  boolean forfeited;
  boolean sentOversizedBodies;

  // Conduct of the peer.
  @Nullable EmptyFrames emptyFrames;

  // Life of the application's handle.
  boolean accepted;
  boolean appClosed;

  /** Null until the first one is set. */
  private @Nullable StreamDeadlines deadlines;

  private volatile int reportThresholdFrames = 1;

  CoreStream(int id, boolean local, byte[] metadata, @Nullable SendSource source, long nowNanos) {
    this.id = id;
    this.local = local;
    this.metadata = metadata;
    this.source = source;
    this.openedNanos = nowNanos;
    this.receiveWindow = new ReceiveWindow(nowNanos);
  }

  /** Returns the id, an unsigned number. */
  public int id() {
    return id;
  }

  /** Returns whether the peer opened the stream and the application has not taken it. */
  public boolean awaitsAccept() {
    return !local && !accepted;
  }

  /** Returns whether this side opened the stream. */
  public boolean isLocal() {
    return local;
  }

  /** Returns the metadata of the SYN; the array is shared and must not be changed. */
  public byte[] metadata() {
    return metadata;
  }

  /** Returns what was attached. */
  public @Nullable SendSource source() {
    return source;
  }

  /** Attaches the place where data of a stream that the peer has opened waits to be sent. */
  public void attach(SendSource newSource) {
    source = newSource;
  }

  /**
   * Lets go of what was attached if nobody needs it any more: the application has closed the
   * stream, our FIN is out, and every event so far was taken. A peer that leaves such a stream open
   * then costs little; the owner hears nothing more of it.
   */
  public void detachIfDone() {
    if (appClosed
        && events == 0
        && (state == StreamState.DISCARDING || state == StreamState.ENDED)) {
      source = null;
    }
  }

  /** Returns the state. */
  public StreamState state() {
    return state;
  }

  /** Returns why nothing more can be sent, or null. */
  public @Nullable StreamFailure sendFailure() {
    return sendFailure;
  }

  /** Returns why nothing more can be received, or null. */
  public @Nullable StreamFailure receiveFailure() {
    return receiveFailure;
  }

  /** Returns the data frames that the peer allows us to send now. */
  public int sendCreditFrames() {
    return sendCreditFrames;
  }

  /** Returns whether no data frame may be sent now. */
  boolean lacksSendCredit() {
    return sendCreditFrames == 0;
  }

  /** Spends one frame of the credit for sending; the caller has checked that there is one. */
  void useSendCredit() {
    if (sendCreditFrames == 0) {
      throw new IllegalStateException("no credit left");
    }
    sendCreditFrames--;
  }

  /**
   * Adds to the credit for sending.
   *
   * @throws ProtocolViolationException when the sum passes {@link #MAX_CREDIT_FRAMES}
   */
  void grantSendCredit(int frames) throws ProtocolViolationException {
    long sum = (long) sendCreditFrames + frames;
    if (sum > MAX_CREDIT_FRAMES) {
      throw new ProtocolViolationException(
          Violation.CREDIT_OVERFLOW,
          id,
          "MORE of "
              + frames
              + " raises the credit of stream "
              + Integer.toUnsignedString(id)
              + " to "
              + sum
              + " frames, at most "
              + MAX_CREDIT_FRAMES
              + " are allowed");
    }
    sendCreditFrames = (int) sum;
  }

  /** Returns the data frames that we allow the peer to send now. */
  public int receiveCreditFrames() {
    return receiveWindow.creditFrames();
  }

  /** Returns the data frames that have come and are not reported as consumed. */
  public int unreadFrames() {
    return receiveWindow.unreadFrames();
  }

  /**
   * Returns how many consumed frames are worth a call of {@link MuxCore#consumed}: one when credit
   * runs short. May be read without the session's lock; a value that is out of date is corrected by
   * the next data frame.
   */
  public int reportThresholdFrames() {
    return reportThresholdFrames;
  }

  /** Returns the events that were not taken yet, as a sum of the constants, and forgets them. */
  public int takeEvents() {
    int taken = events;
    events = 0;
    return taken;
  }

  /** Something has happened that is to be told; returns whether nothing else was before it. */
  boolean addEvent(int event) {
    boolean first = events == 0;
    events |= (byte) event;
    return first;
  }

  void updateReportThreshold() {
    int threshold = receiveWindow.reportThresholdFrames();
    if (threshold != reportThresholdFrames) {
      reportThresholdFrames = threshold;
    }
  }

  // ---- deadlines, in nanoseconds since the session began; NEVER for none

  long finHoldUntilNanos() {
    StreamDeadlines set = deadlines;
    return set == null ? DeadlineHeap.NEVER : set.finHoldUntilNanos;
  }

  void setFinHoldUntil(long nanos) {
    if (nanos != finHoldUntilNanos()) {
      deadlines().finHoldUntilNanos = nanos;
    }
  }

  long closeUntilNanos() {
    StreamDeadlines set = deadlines;
    return set == null ? DeadlineHeap.NEVER : set.closeUntilNanos;
  }

  void setCloseUntil(long nanos) {
    if (nanos != closeUntilNanos()) {
      deadlines().closeUntilNanos = nanos;
    }
  }

  long goneAtNanos() {
    StreamDeadlines set = deadlines;
    return set == null ? DeadlineHeap.NEVER : set.goneAtNanos;
  }

  void setGoneAt(long nanos) {
    if (nanos != goneAtNanos()) {
      deadlines().goneAtNanos = nanos;
    }
  }

  /** Returns the deadline by which the {@link DeadlineHeap} orders streams. */
  long deadlineNanos() {
    StreamDeadlines set = deadlines;
    return set == null ? DeadlineHeap.NEVER : set.nextNanos;
  }

  /** Returns the deadlines to be set. */
  StreamDeadlines deadlines() {
    StreamDeadlines set = deadlines;
    if (set == null) {
      set = new StreamDeadlines();
      deadlines = set;
    }
    return set;
  }

  int pendingBytes() {
    return sendFailure != null || source == null ? 0 : source.pendingBytes();
  }

  boolean canSendData() {
    return state.sends() && !lacksSendCredit() && pendingBytes() > 0;
  }

  /** What is pending waits for credit or for the connection. */
  void heldUp() {
    SendSource data = source();
    if (data != null) {
      data.heldUp();
    }
  }

  @Override
  public String toString() {
    return "stream " + Integer.toUnsignedString(id) + " " + state;
  }
}
