package io.picomux;

import io.picomux.core.Command;
import io.picomux.core.MuxCore;
import io.picomux.core.OutboundFrame;
import io.picomux.core.WireFormat;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The writer's role of a session: decides frames under the lock and encodes them after it. {@link
 * #fill} is not thread-safe: one thread at a time holds the role. {@link #announce} is safe for
 * concurrent use.
 */
final class SessionWriter {
  /**
   * A data frame is cut only if so much of it fits. Chosen by judgement: each frame costs, and
   * takes credit, whatever its length.
   */
  private static final int LEAST_CUT_BYTES = Driver.FULL_FRAME_BYTES / 2;

  private final Session session;
  private final LockedCore core;
  private final SendQueueGauge sendQueue;
  private final @Nullable FrameListener frameListener;

  /** Streams whose application has brought data, to be told to the core. */
  private final ConcurrentLinkedQueue<StreamOutput> announced = new ConcurrentLinkedQueue<>();

  private final HeldWriters heldWriters = new HeldWriters();
  private final DirectWriters directWriters;
  private final OutboundFrame frame = new OutboundFrame();
  private final WriteBatch batch = new WriteBatch();

  /** What unsent SYNs take of the queue; guarded by the session's lock. */
  private long unsentSynBytes;

  SessionWriter(
      Session session,
      LockedCore core,
      SendQueueGauge sendQueue,
      @Nullable FrameListener frameListener) {
    this.session = session;
    this.core = core;
    this.sendQueue = sendQueue;
    this.frameListener = frameListener;
    this.directWriters = new DirectWriters(session, this::encode);
  }

  /** The application has brought data of a stream. */
  void announce(StreamOutput output) {
    if (output.announce()) {
      announced.add(output);
    }
  }

  /** Returns whether every announced stream is known to the core. */
  boolean isIdle() {
    return announced.isEmpty();
  }

  /** A SYN waits in the queue like data does; under the session's lock. */
  void synQueued(int metadataBytes) {
    addUnsentSyn(WireFormat.HEADER_BYTES + metadataBytes);
  }

  /** The session is over and SYNs go nowhere; under the session's lock. */
  void dropSyns() {
    addUnsentSyn(-unsentSynBytes);
  }

  /** Returns the writers that wait until their array has gone into frames. */
  HeldWriters heldWriters() {
    return heldWriters;
  }

  /** Returns the streams whose callbacks write as there is room in what goes to the connection. */
  DirectWriters directWriters() {
    return directWriters;
  }

  /** The connection takes nothing for now: writers are to go on if there is room for them. */
  void onHeldUp(MuxCore mux, long now) {
    noticeAnnounced(mux, now);
    mux.heldUp();
  }

  /** Encodes what is to be written, see {@link Session#fill}. */
  void fill(ByteBuffer target, int wantedBytes) {
    int begin = target.position();
    directWriters.call(target, wantedBytes);
    encode(target, begin + wantedBytes - target.position());
  }

  private void encode(ByteBuffer target, int wantedBytes) {
    List<StreamEvent> events = core.collect((mux, now) -> decide(mux, now, wantedBytes));
    batch.encode(target, frameListener);
    core.tell(events);
  }

  private void decide(MuxCore mux, long now, int wantedBytes) {
    noticeAnnounced(mux, now);
    while (batch.encodedBytes() < wantedBytes && mux.pollFrame(frame, now)) {
      batch.add(frame);
      if (frame.command() == Command.SYN) {
        addUnsentSyn(-(WireFormat.HEADER_BYTES + frame.bodyBytes()));
      }
    }
    boolean fast = mux.sendsFast();
    if (fast && session.driver().fillsSegments()) {
      fillUp(mux, now, wantedBytes + Driver.FULL_FRAME_BYTES);
    }
    heldWriters.setFast(fast);
  }

  /**
   * Over a fast connection most of a write's time is for its segment and not for its bytes: what
   * full frames would leave empty at the end of it is filled with data, cut to what fits. Measured
   * with callbacks that write: 60 streams carry 1.07 times as much, ten 1.13 times.
   */
  private void fillUp(MuxCore mux, long now, int mostBytes) {
    int roomBytes = mostBytes - batch.encodedBytes();
    while (roomBytes >= LEAST_CUT_BYTES && mux.pollCut(frame, mostBodyBytes(roomBytes), now)) {
      batch.add(frame);
      roomBytes = mostBytes - batch.encodedBytes();
    }
  }

  private static int mostBodyBytes(int roomBytes) {
    return Math.min(roomBytes - WireFormat.HEADER_BYTES, WireFormat.DATA_BODY_BYTES);
  }

  private void noticeAnnounced(MuxCore mux, long now) {
    StreamOutput output;
    while ((output = announced.poll()) != null) {
      output.noticed();
      mux.dataReady(output.stream().core(), now);
    }
  }

  private void addUnsentSyn(long bytes) {
    unsentSynBytes += bytes;
    sendQueue.add(bytes);
  }
}
