package io.picomux.core;

/**
 * Decides which frame goes out next: what the session owes, then what streams owe, then data. Not
 * thread-safe.
 */
final class FrameQueue {
  private static final byte[] EMPTY = {};

  private final SessionFrames sessionFrames;
  private final SendScheduler scheduler;
  private final StreamLife life;
  private final FrameCounters counters;

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
            || pollData(out, nowNanos);
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

  private boolean pollData(OutboundFrame out, long nowNanos) {
    CoreStream stream = scheduler.nextData();
    SendSource source = stream == null ? null : stream.source();
    if (stream == null || source == null) {
      return false;
    }
    int bytes = Math.min(source.pendingBytes(), WireFormat.DATA_BODY_BYTES);
    stream.useSendCredit();
    source.scheduled(bytes);
    scheduler.sent(stream, bytes, nowNanos);
    counters.dataBytesSent += bytes;
    out.setData(stream, bytes);
    if (stream.state.owesFin() && stream.pendingBytes() == 0) {
      scheduler.controlReady(stream);
    } else if (stream.lacksSendCredit()) {
      source.heldUp();
      life.watchForGonePeer(stream, nowNanos);
    }
    return true;
  }
}
