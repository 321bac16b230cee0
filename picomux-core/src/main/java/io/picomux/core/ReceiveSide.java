package io.picomux.core;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a session holds for its application, and the credit that follows from it: joins the windows
 * of the streams with the budget of the session. Not thread-safe.
 */
final class ReceiveSide {
  /**
   * The round trip that is assumed before the first PONG; chosen by judgement: across a continent.
   */
  private static final long ASSUMED_ROUND_TRIP_NANOS = 100_000_000L;

  /** How far a window may be beyond what the application took in the last round trip. */
  private static final int GROWTH = 2;

  /** The same while the path is being learned: more than {@link PathEstimate} lets be under way. */
  private static final int STARTUP_GROWTH = 4;

  private final MuxLimits limits;
  private final WindowPolicy basePolicy;
  private final SendScheduler scheduler;
  private final ReceiveBudget budget;
  private final PathCredit path = new PathCredit();

  /** Streams that are over on the wire but still hold unread data. */
  final Set<CoreStream> leftovers = new HashSet<>();

  private WindowPolicy policy;

  ReceiveSide(MuxConfig config, SendScheduler scheduler) {
    this.limits = config.limits();
    this.basePolicy = config.windowPolicy();
    this.policy = config.debloat() ? WindowPolicy.DEBLOAT : basePolicy;
    this.scheduler = scheduler;
    this.budget = new ReceiveBudget(limits.receiveBudgetBytes());
  }

  ReceiveBudget budget() {
    return budget;
  }

  boolean isDebloat() {
    return policy == WindowPolicy.DEBLOAT;
  }

  void setDebloat(boolean on) {
    policy = on ? WindowPolicy.DEBLOAT : basePolicy;
  }

  /** The application has taken bytes: a sample for the debloat rule, as in the crate. */
  void sample(CoreStream stream, long bytes, long nowNanos) {
    if (policy == WindowPolicy.DEBLOAT && bytes > 0) {
      BandwidthEstimator bandwidth = stream.bandwidth;
      if (bandwidth == null) {
        bandwidth = new BandwidthEstimator(stream.openedNanos);
        stream.bandwidth = bandwidth;
      }
      bandwidth.onFrame((int) Math.min(Integer.MAX_VALUE, bytes), nowNanos);
    }
  }

  /** A round trip of the session was measured. */
  void onRoundTrip(long nanos, long nowNanos) {
    path.estimate().onRoundTrip(nanos, nowNanos);
  }

  /** A data frame came for the application. */
  void onData(CoreStream stream, int bodyBytes, long nowNanos) {
    if (policy == WindowPolicy.PATH) {
      path.onFrame(stream, bodyBytes, stream.receiveWindow.creditFrames() + 1, nowNanos);
      grantWaiting(nowNanos);
    }
    if (bodyBytes > WireFormat.DATA_BODY_BYTES) {
      stream.sentOversizedBodies = true;
    }
    updateShare(stream);
    stream.updateReportThreshold();
  }

  /**
   * A data frame came that nobody will read: its credit goes back while the discard bound lasts.
   */
  void onDiscard(CoreStream stream, int bodyBytes) {
    stream.discardedBytes += bodyBytes;
    stream.receiveWindow.onConsumed(1);
    grantFloor(stream);
  }

  /** Memory was allocated for bytes of the stream, or for its metadata. */
  void stored(CoreStream stream, long bytes) {
    if (stream.forfeited) {
      return;
    }
    stream.unreadBytes = Math.toIntExact(stream.unreadBytes + bytes);
    budget.addUnread(bytes);
    if (stream.state == StreamState.ENDED && stream.unreadBytes > 0) {
      // The engine stores the last bytes after it has handed over the FIN that came with them.
      leftovers.add(stream);
    }
    updateShare(stream);
  }

  /**
   * Memory of the stream was freed and frames of it were taken by the application, or thrown away.
   */
  void consumed(CoreStream stream, int frames, long freedBytes, long nowNanos) {
    if (!stream.forfeited) {
      stream.unreadBytes = Math.toIntExact(stream.unreadBytes - freedBytes);
      budget.addUnread(-freedBytes);
      if (stream.unreadBytes == 0) {
        stream.sentOversizedBodies = false;
        leftovers.remove(stream);
      }
    }
    stream.receiveWindow.onConsumed(frames);
    updateShare(stream);
    if (stream.state.deliversData()) {
      if (frames > 0) {
        adaptLimit(stream, nowNanos);
      }
      grantWindow(stream, false, nowNanos);
    } else if (stream.state.discardsData()) {
      grantFloor(stream);
    }
  }

  /** The application has taken the stream: its metadata is read, but stays in memory. */
  void accepted(CoreStream stream, long nowNanos) {
    int bytes = stream.metadata().length;
    budget.addMetadata(bytes);
    consumed(stream, 0, bytes, nowNanos);
  }

  /** The stream is over on the wire and closed by the application, so nobody keeps its metadata. */
  void metadataFreed(CoreStream stream) {
    if (stream.accepted) {
      budget.addMetadata(-stream.metadata().length);
    }
  }

  /** The peer has finished: what credit it has left, it cannot use. */
  void onPeerFin(CoreStream stream) {
    path.onOver(stream);
    updateShare(stream);
  }

  /**
   * The application has closed: only the floor is granted from now on, so that the peer's FIN can
   * come.
   */
  void onClosed(CoreStream stream) {
    path.onOver(stream);
    grantFloor(stream);
  }

  /** The stream is over on the wire; what it holds unread stays accounted for. */
  void onEnded(CoreStream stream) {
    updateShare(stream);
    if (stream.unreadBytes > 0) {
      leftovers.add(stream);
    }
    if (stream.appClosed) {
      metadataFreed(stream);
    }
  }

  /** Returns the stream with most unread bytes while the budget is overdrawn, else null. */
  @Nullable CoreStream victim(StreamTable table) {
    if (!budget.isFull()) {
      return null;
    }
    @Nullable CoreStream[] worst = {null};
    table.forEach(stream -> worst[0] = heavier(worst[0], stream));
    leftovers.forEach(stream -> worst[0] = heavier(worst[0], stream));
    return worst[0];
  }

  /** Writes the unread bytes of a sacrificed stream off; the engine frees them at once. */
  void forfeit(CoreStream stream) {
    budget.addUnread(-stream.unreadBytes);
    stream.unreadBytes = 0;
    stream.forfeited = true;
    leftovers.remove(stream);
    updateShare(stream);
  }

  private static @Nullable CoreStream heavier(@Nullable CoreStream a, CoreStream b) {
    long most = a == null ? 0 : a.unreadBytes;
    return b.unreadBytes > most ? b : a;
  }

  /** The application has taken frames: the policy says how far the window may open now. */
  private void adaptLimit(CoreStream stream, long nowNanos) {
    ReceiveWindow window = stream.receiveWindow;
    switch (policy) {
      case CRATE -> window.setLimit(WindowPolicy.TARGET_FRAMES);
      case DEBLOAT -> {
        BandwidthEstimator bandwidth = stream.bandwidth;
        window.setLimit(
            WindowPolicy.debloatTargetFrames(
                bandwidth == null
                    ? BandwidthEstimator.INITIAL_BYTES_PER_SECOND
                    : bandwidth.bytesPerSecond()));
      }
      case PATH -> {
        long round = path.estimate().shortestRoundNanos();
        window.growLimit(
            nowNanos,
            round == PathEstimate.UNKNOWN ? ASSUMED_ROUND_TRIP_NANOS : round,
            path.estimate().isStartup() ? STARTUP_GROWTH : GROWTH);
      }
    }
  }

  /** Grants what the stream wants and memory allows, or what of it the path has room for. */
  private void grantWindow(CoreStream stream, boolean itsTurn, long nowNanos) {
    ReceiveWindow window = stream.receiveWindow;
    int frames = budget.grantable(stream.unreadBytes, window.creditFrames(), window.wantedFrames());
    if (policy != WindowPolicy.PATH) {
      grant(stream, frames);
      return;
    }
    int now = path.grantable(stream, frames, itsTurn, nowNanos);
    grant(stream, now);
    if (now > 0) {
      path.onGranted(stream, now, nowNanos);
    }
  }

  /** Grants credit to streams that have waited for it, as far as the path has room. */
  void grantWaiting(long nowNanos) {
    CoreStream stream;
    while ((stream = path.next(nowNanos)) != null) {
      if (stream.state.deliversData()) {
        grantWindow(stream, true, nowNanos);
      }
    }
  }

  /** Returns when {@link #grantWaiting} is due, whatever comes until then. */
  long deadlineNanos() {
    return path.deadlineNanos();
  }

  private void grantFloor(CoreStream stream) {
    if (stream.discardedBytes < limits.discardBytes()) {
      grant(
          stream,
          ReceiveBudget.floorFrames(stream.unreadBytes, stream.receiveWindow.creditFrames()));
    }
  }

  private void grant(CoreStream stream, int frames) {
    if (frames > 0) {
      stream.receiveWindow.grant(frames);
      stream.moreOwedFrames += frames;
      scheduler.controlReady(stream);
    }
    updateShare(stream);
    stream.updateReportThreshold();
  }

  private void updateShare(CoreStream stream) {
    int creditFrames = stream.state.peerFinished() ? 0 : stream.receiveWindow.creditFrames();
    long above = ReceiveBudget.aboveFloor(stream.unreadBytes, creditFrames);
    budget.replaceAboveFloor(stream.aboveFloorBytes, above);
    stream.aboveFloorBytes = Math.toIntExact(above);
  }
}
