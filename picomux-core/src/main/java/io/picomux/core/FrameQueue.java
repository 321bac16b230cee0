package io.picomux.core;

import org.jspecify.annotations.Nullable;

/**
 * Decides which frame goes out next: what the session owes, then what streams owe, then data. Not
 * thread-safe.
 */
final class FrameQueue {
  private static final byte[] EMPTY = {};

  /**
   * So many data frames are as long as they can be after a stream has used up its credit, which is
   * in frames: where credit is what limits, short ones would waste it. Chosen by judgement: more
   * than two of the longest windows, so that it goes on where each is used up.
   */
  static final int FULL_FRAMES = 4096;

  private final SessionFrames sessionFrames;
  private final SendScheduler scheduler;
  private final StreamLife life;
  private final FrameCounters counters;
  private int fullFramesLeft;

  FrameQueue(
      SessionFrames sessionFrames,
      SendScheduler scheduler,
      StreamLife life,
      FrameCounters counters) {
    this.sessionFrames = sessionFrames;
    this.scheduler = scheduler;
    this.life = life;
    this.counters = counters;
  }

  /** Returns whether {@link #poll} may have a frame. */
  boolean mayHaveFrame() {
    return !sessionFrames.isEmpty() || scheduler.mayHaveWork();
  }

  /** Hands out the next frame; returns whether there is one. */
  boolean poll(OutboundFrame out, long nowNanos) {
    boolean found =
        sessionFrames.poll(out, nowNanos)
            || pollStreamControl(out, nowNanos)
            || pollData(out, WireFormat.DATA_BODY_BYTES, nowNanos);
    return count(out, found);
  }

  /**
   * Hands out the next frame if it is one of data and may be cut; returns whether it is. None may
   * as long as credit is what limits.
   */
  boolean pollCut(OutboundFrame out, int mostBodyBytes, long nowNanos) {
    boolean found =
        fullFramesLeft == 0
            && sessionFrames.isEmpty()
            && scheduler.nextControl() == null
            && leavesCredit(scheduler.nextData(), mostBodyBytes)
            && pollData(out, mostBodyBytes, nowNanos);
    return count(out, found);
  }

  /** Tells whether a stream can send all it has with its credit though its next frame is cut. */
  private static boolean leavesCredit(@Nullable CoreStream stream, int mostBodyBytes) {
    if (stream == null) {
      return false;
    }
    long restBytes = Math.max(0, stream.pendingBytes() - mostBodyBytes);
    return (stream.sendCreditFrames() - 1L) * WireFormat.DATA_BODY_BYTES >= restBytes;
  }

  private boolean count(OutboundFrame out, boolean found) {
    if (found) {
      counters.sent(out.command());
    }
    return found;
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
      if (stream.resetOwed && sessionFrames.resetsUnderstood()) {
        stream.resetOwed = false;
        out.set(Command.NOP, stream.id(), ResetNotice.reset());
        return true;
      }
      scheduler.controlDone();
      if (life.finIsDue(stream, nowNanos)) {
        out.set(Command.FIN, stream.id(), EMPTY);
        life.onFinSent(stream, nowNanos);
        return true;
      }
    }
    return false;
  }

  private boolean pollData(OutboundFrame out, int mostBodyBytes, long nowNanos) {
    CoreStream stream = scheduler.nextData();
    SendSource source = stream == null ? null : stream.source();
    if (stream == null || source == null) {
      return false;
    }
    int bytes = Math.min(source.pendingBytes(), mostBodyBytes);
    stream.useSendCredit();
    source.scheduled(bytes);
    scheduler.sent(stream, bytes, nowNanos);
    counters.dataBytesSent += bytes;
    out.setData(stream, bytes);
    fullFramesLeft = Math.max(0, fullFramesLeft - 1);
    if (stream.state.owesFin() && stream.pendingBytes() == 0) {
      scheduler.controlReady(stream);
    } else if (stream.lacksSendCredit()) {
      source.heldUp();
      fullFramesLeft = FULL_FRAMES;
      life.watchForGonePeer(stream, nowNanos);
    }
    return true;
  }
}
