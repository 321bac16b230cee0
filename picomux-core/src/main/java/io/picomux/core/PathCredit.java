package io.picomux.core;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Shares what the path of a session holds among the streams whose peers use their credit: so that
 * what is under way fits {@link PathEstimate}, credit that a stream wants may have to wait for its
 * turn. Not thread-safe. Times are nanoseconds since the session began.
 *
 * <p>Credit is counted in frames but the path carries bytes, so a frame is charged with the usual
 * length of its stream's frames until it has come. Credit that the peer leaves unused is forgotten
 * after one to two <em>epochs</em>, each longer than any usual round: whoever has nothing to send
 * takes no share, and nobody who waits does so for longer.
 */
final class PathCredit {
  /** The first epoch; chosen by judgement: the round trip to the far side of the earth. */
  private static final long FIRST_EPOCH_NANOS = 200_000_000L;

  /** The least length of a later one; chosen by judgement: threads have had their turn by then. */
  private static final long LEAST_EPOCH_NANOS = 20_000_000L;

  /** An epoch is this many of the last rounds. */
  private static final int EPOCH_ROUNDS = 2;

  /** A round that takes so many epochs will not end: its stream has nothing to send. */
  private static final int LOST_EPOCHS = 4;

  /** What is a small body; chosen by judgement: keystrokes, calls and their answers. */
  private static final int SMALL_BODY_BYTES = 1024;

  /** Credit is given in pieces of this part of the window, so that it takes few frames. */
  private static final int PIECES = 16;

  private final PathEstimate estimate = new PathEstimate();
  private final ArrayDeque<CoreStream> waiting = new ArrayDeque<>();

  private long epoch;
  private long epochStartNanos;
  private long epochNanos = FIRST_EPOCH_NANOS;
  private long youngBytes;
  private long oldBytes;

  private long receivedBytes;
  private long lastArrivalNanos;

  // The round under way, if there is one: between certain frames of a stream.
  private @Nullable PathShare roundShare;
  private long roundFirstFrame;
  private long roundLastFrame;
  private long roundStartNanos;
  private long roundStartBytes;
  private boolean roundUsedUp;

  PathEstimate estimate() {
    return estimate;
  }

  /** A data frame has come for a stream, which had so much credit before. */
  void onFrame(CoreStream stream, int bodyBytes, int creditFrames, long nowNanos) {
    rotate(nowNanos);
    if (isUnderWay()) {
      estimate.onBytes(bodyBytes, nowNanos - lastArrivalNanos, nowNanos);
    }
    lastArrivalNanos = nowNanos;
    if (bodyBytes <= SMALL_BODY_BYTES && bringsSmallFrames(stream)) {
      estimate.onSmallFrame(nowNanos);
    }
    receivedBytes += WireFormat.HEADER_BYTES + bodyBytes;
    PathShare share = stream.pathShare;
    if (share == null) {
      share = firstShare(stream, bodyBytes);
      if (share == null) {
        return;
      }
    }
    share.onFrame(bodyBytes);
    release(share, creditFrames);
    if (share == roundShare) {
      onFrameOfRound(share, nowNanos);
    }
  }

  /** Whether a stream has brought small frames before, not only one that says what is to come. */
  private static boolean bringsSmallFrames(CoreStream stream) {
    PathShare share = stream.pathShare;
    return share == null ? stream.bytesWithoutShare > 0 : share.usualBytes() <= SMALL_BODY_BYTES;
  }

  /**
   * Returns the share of a stream that has had none, or null while it has brought so little that it
   * does not count: most streams are idle or short, and shall cost little.
   */
  private static @Nullable PathShare firstShare(CoreStream stream, int bodyBytes) {
    int bytes = stream.bytesWithoutShare + bodyBytes;
    if (bytes < WireFormat.DATA_BODY_BYTES) {
      stream.bytesWithoutShare = (short) bytes;
      return null;
    }
    PathShare share = new PathShare(bodyBytes);
    stream.pathShare = share;
    return share;
  }

  /**
   * Returns how many of the wanted frames a stream may be granted now; it stands in the queue for
   * the rest.
   *
   * @param itsTurn whether {@link #next} has just returned it; else it stands behind others
   */
  int grantable(CoreStream stream, int wantedFrames, boolean itsTurn, long nowNanos) {
    PathShare share = stream.pathShare;
    if (share == null || wantedFrames == 0) {
      return wantedFrames;
    }
    rotate(nowNanos);
    boolean othersWait = !waiting.isEmpty();
    if (!hasRoom() || (othersWait && !itsTurn)) {
      await(stream, share);
      return 0;
    }
    long bytes = othersWait ? shareBytes() : roomBytes();
    int frames = Math.clamp(bytes / share.usualBytes(), 1, wantedFrames);
    if (frames < wantedFrames) {
      await(stream, share);
    }
    return frames;
  }

  private void await(CoreStream stream, PathShare share) {
    if (!share.waits) {
      share.waits = true;
      waiting.add(stream);
    }
  }

  /** Takes the stream out of the queue whose turn it is, null while there is no room or nobody. */
  @Nullable CoreStream next(long nowNanos) {
    rotate(nowNanos);
    CoreStream first = hasRoom() ? waiting.poll() : null;
    if (first != null && first.pathShare != null) {
      first.pathShare.waits = false;
    }
    return first;
  }

  private boolean hasRoom() {
    return roomBytes() >= pieceBytes();
  }

  private long roomBytes() {
    return estimate.windowBytes() - youngBytes - oldBytes;
  }

  private long pieceBytes() {
    return estimate.windowBytes() / PIECES;
  }

  /** So little for each that all who wait have their turn within one window. */
  private long shareBytes() {
    return estimate.windowBytes() / Math.max(PIECES, waiting.size());
  }

  /** So many frames of credit were granted to a stream, in addition to what it had. */
  void onGranted(CoreStream stream, int frames, long nowNanos) {
    PathShare share = stream.pathShare;
    if (share == null) {
      return;
    }
    rotate(nowNanos);
    share.moveTo(epoch);
    long bytes = (long) frames * share.usualBytes();
    share.addYoung(bytes);
    youngBytes += bytes;
    if (!share.waits && !waiting.isEmpty()) {
      // Others are held up by the path, and tell more about it.
      return;
    }
    if (roundShare == null || nowNanos - roundStartNanos > LOST_EPOCHS * epochNanos) {
      startRound(stream, share, frames, nowNanos);
    }
  }

  /** The stream will use no more credit. */
  void onOver(CoreStream stream) {
    PathShare share = stream.pathShare;
    if (share != null) {
      release(share, 1);
      if (share == roundShare) {
        roundShare = null;
      }
    }
  }

  /** Returns when the next stream that waits may have room, if nothing comes until then. */
  long deadlineNanos() {
    if (waiting.isEmpty()) {
      return DeadlineHeap.NEVER;
    }
    return hasRoom() ? 0 : epochStartNanos + epochNanos;
  }

  private void startRound(CoreStream stream, PathShare share, int frames, long nowNanos) {
    int before = stream.receiveWindow.creditFrames() - frames;
    roundShare = share;
    roundFirstFrame = share.receivedFrames + before + 1;
    roundLastFrame = share.receivedFrames + before + frames;
    roundStartNanos = nowNanos;
    roundStartBytes = receivedBytes;
    roundUsedUp = share.waits || before == 0;
  }

  private void onFrameOfRound(PathShare share, long nowNanos) {
    long nanos = Math.max(1, nowNanos - roundStartNanos);
    if (share.receivedFrames == roundFirstFrame) {
      estimate.onRoundTrip(nanos, nowNanos);
    }
    if (share.receivedFrames >= roundLastFrame) {
      endRound(nanos, nowNanos);
    }
  }

  private void endRound(long nanos, long nowNanos) {
    estimate.onRound(nanos, receivedBytes - roundStartBytes, roundUsedUp, nowNanos);
    epochNanos = Math.max(LEAST_EPOCH_NANOS, EPOCH_ROUNDS * nanos);
    roundShare = null;
  }

  private boolean isUnderWay() {
    return youngBytes + oldBytes > 0;
  }

  /** Gives free what one of so many frames was charged with, the oldest charge first. */
  private void release(PathShare share, int creditFrames) {
    share.moveTo(epoch);
    long charged = share.oldBytes() + share.youngBytes();
    long freed = charged / Math.max(1, creditFrames);
    long ofOld = Math.min(freed, share.oldBytes());
    share.addOld(-ofOld);
    share.addYoung(ofOld - freed);
    oldBytes -= ofOld;
    youngBytes -= freed - ofOld;
  }

  private void rotate(long nowNanos) {
    long elapsed = nowNanos - epochStartNanos;
    if (elapsed < epochNanos) {
      return;
    }
    boolean longAgo = elapsed >= 2 * epochNanos;
    epoch += longAgo ? 2 : 1;
    oldBytes = longAgo ? 0 : youngBytes;
    youngBytes = 0;
    epochStartNanos = nowNanos;
  }
}
