package io.picomux.core;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A stream of a {@link FuzzEnd}: what its application did and what crossed the wire, kept apart
 * from the core so that the two can be compared. The bytes of a stream are a function of their
 * place in it, so none of them is stored. Not thread-safe.
 */
final class FuzzStream implements SendSource {
  final FuzzEnd end;
  @Nullable CoreStream core;

  // What the application did.
  boolean accepted;
  boolean finished;
  boolean closed;
  boolean aborted;
  int pendingBytes;
  long writtenBytes;

  // What crossed the wire.
  boolean synSent;
  boolean finSent;
  boolean resetSentBeforeFin;
  long sentBytes;
  int sentFrames;
  int creditGotFrames = WireFormat.INITIAL_WINDOW_FRAMES;
  int creditGivenFrames = WireFormat.INITIAL_WINDOW_FRAMES;
  int receivedFrames;
  long arrivedBytes;
  boolean finReceived;

  // What the core told.
  boolean peerFinished;
  boolean ended;

  /** Lengths of the frames that are unread, the oldest first. */
  final ArrayDeque<Integer> unread = new ArrayDeque<>();

  long unreadBytes;
  boolean forfeited;

  FuzzStream(FuzzEnd end) {
    this.end = end;
  }

  CoreStream core() {
    CoreStream bound = core;
    if (bound == null) {
      throw new AssertionError("the stream has no core yet");
    }
    return bound;
  }

  @Override
  public int pendingBytes() {
    return pendingBytes;
  }

  @Override
  public void scheduled(int bytes) {
    if (bytes < 0 || bytes > pendingBytes) {
      throw new AssertionError(bytes + " bytes taken of " + pendingBytes + " pending");
    }
    pendingBytes -= bytes;
  }

  // ---- the application

  void write(int bytes) {
    if (!finished && !closed && core().sendFailure() == null) {
      pendingBytes += bytes;
      writtenBytes += bytes;
      end.core.dataReady(core(), end.nowNanos);
    }
  }

  void finish() {
    if (!finished && !closed) {
      finished = true;
      end.core.finish(core(), true, end.nowNanos);
    }
  }

  void close() {
    closed = true;
    accepted = true;
    end.core.close(core(), end.nowNanos);
    throwAway();
  }

  void abort() {
    closed = true;
    accepted = true;
    aborted = true;
    end.core.abort(core(), end.nowNanos);
    throwAway();
  }

  void read(int frames) {
    int count = 0;
    long bytes = 0;
    while (count < frames && !unread.isEmpty()) {
      bytes += unread.remove();
      count++;
    }
    consumed(count, bytes, bytes);
  }

  void throwAway() {
    int frames = unread.size();
    unread.clear();
    consumed(frames, 0, unreadBytes);
  }

  private void consumed(int frames, long readBytes, long freedBytes) {
    if (frames > 0) {
      unreadBytes -= freedBytes;
      end.core.consumed(core(), frames, readBytes, freedBytes, end.nowNanos);
    }
  }

  // ---- the engine

  void takeEvents() {
    int events = core().takeEvents();
    if (ended) {
      throw new AssertionError("events " + events + " came after the end of " + core());
    }
    if ((events & CoreStream.EVENT_PEER_FIN) != 0) {
      must(!peerFinished, "the end of the peer's data was told twice");
      peerFinished = true;
    }
    if ((events & CoreStream.EVENT_SEND_FAILED) != 0) {
      must(core().sendFailure() != null, "sending failed without a reason");
      pendingBytes = 0;
    }
    if ((events & CoreStream.EVENT_RECEIVE_FAILED) != 0) {
      must(core().receiveFailure() != null, "receiving failed without a reason");
      if (core().receiveFailure() == StreamFailure.RECEIVE_BUDGET) {
        forfeited = true;
        throwAway();
      }
    }
    ended = (events & CoreStream.EVENT_ENDED) != 0;
  }

  /** A frame for this stream goes out. */
  void onSent(OutboundFrame frame) {
    // The other direction goes on after our FIN: with credit, or with the notice that it is
    // dropped.
    boolean endsNothing = frame.command() == Command.MORE || frame.command() == Command.NOP;
    must(!finSent || endsNothing, frame.command() + " after FIN");
    must(synSent || frame.command() == Command.SYN, frame.command() + " before SYN");
    switch (frame.command()) {
      case SYN -> {
        must(!synSent, "SYN twice");
        synSent = true;
      }
      case FIN -> {
        finSent = true;
        must(pendingBytes == 0 || core().sendFailure() != null, "FIN before pending bytes");
      }
      case PSH -> {
        sentFrames++;
        sentBytes += frame.bodyBytes();
        must(sentFrames <= creditGotFrames, "data without credit");
        must(
            frame.bodyBytes() > 0 && frame.bodyBytes() <= WireFormat.DATA_BODY_BYTES,
            "data body of " + frame.bodyBytes());
      }
      case MORE -> {
        int frames = FrameEncoder.moreFrames(frame.body());
        must(frames > 0, "MORE of nothing");
        creditGivenFrames += frames;
      }
      case NOP -> resetSentBeforeFin |= !finSent;
      case PING, PONG -> throw new AssertionError(frame + " names a stream");
    }
  }

  /** What holds at every step while the session lives. */
  void check() {
    CoreStream stream = core();
    int credit = stream.receiveCreditFrames();
    must(credit >= 0, "credit given is " + credit);
    must(
        credit == creditGivenFrames + stream.moreOwedFrames - receivedFrames,
        "credit is "
            + credit
            + ", but "
            + creditGivenFrames
            + " were granted, "
            + stream.moreOwedFrames
            + " are owed and "
            + receivedFrames
            + " came");
    must(
        stream.sendCreditFrames() == creditGotFrames - sentFrames,
        "send credit is " + stream.sendCreditFrames());
    must(unread.size() == stream.unreadFrames(), stream.unreadFrames() + " unread frames");
  }

  void must(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise + ", " + core());
    }
  }
}
