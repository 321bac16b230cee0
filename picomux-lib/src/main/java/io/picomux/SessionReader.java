package io.picomux;

import io.picomux.core.CoreStream;
import io.picomux.core.FrameDecoder;
import io.picomux.core.MuxCore;
import io.picomux.core.ProtocolViolationException;
import io.picomux.core.SessionEnd;
import io.picomux.core.StreamFailure;
import io.picomux.core.WireFormat;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reader's role of a session: takes in bytes of the peer, in three steps. Frames are decoded
 * under the lock, bodies copied to the streams without it, and what was stored reported under it
 * again. Not thread-safe: one thread at a time holds the role. It runs no code of the
 * application's, unless that has chosen an executor which runs callbacks where it is called, and
 * never blocks.
 */
final class SessionReader {
  /**
   * What a refused stream costs the peer who opened it: so long we read nothing. Chosen by
   * judgement: a flood of SYNs cannot take more than some percent of a processor, and a thousand
   * refused streams of an honest peer delay it by a fiftieth of a second.
   */
  private static final long PAUSE_PER_REFUSAL_NANOS = 20_000;

  /**
   * What each byte of metadata of a refused stream costs on top: it was stored for nothing. Chosen
   * by judgement: refused metadata comes at 16 MB a second.
   */
  private static final long PAUSE_PER_REFUSED_BYTE_NANOS = 64;

  /**
   * What a stream costs the peer who ends it before anybody could use it. Chosen by judgement:
   * requests that are nothing but metadata go on at five thousand a second; the attack of that kind
   * reaches thirty times as many.
   */
  private static final long PAUSE_PER_FUTILE_STREAM_NANOS = 200_000;

  /**
   * What each byte of a body costs the peer that is beyond the length that the crate and we keep
   * to, while much is unread. Chosen by judgement: who fills budgets with such bodies, on one
   * connection after the other, does so at 16 MB a second, which the collector can bear.
   */
  private static final long PAUSE_PER_OVERSIZED_BYTE_NANOS = 64;

  /** What a session may hold unread before oversized bodies cost anything; chosen by judgement. */
  private static final long MUCH_UNREAD_BYTES = 4L << 20;

  /** Below it a pause is put off until there is more: it would cost more than it brings. */
  private static final long SHORTEST_PAUSE_NANOS = 1_000_000;

  /** No pause is longer: PONGs must not wait for long. */
  private static final long LONGEST_PAUSE_NANOS = 100_000_000;

  private final Session session;
  private final LockedCore core;
  private final @Nullable FrameListener frameListener;
  private final FrameDecoder decoder = new FrameDecoder();
  private final Deliveries deliveries = new Deliveries();
  private final WakeUps wakeUps;
  private List<StreamInput> reports = new ArrayList<>();
  private List<MuxStream> opened = new ArrayList<>();
  private List<Runnable> frameLog = new ArrayList<>();
  private @Nullable StreamInput currentInput;
  private long pauseOwedNanos;
  private boolean foundSameReader;

  /** The stream that the last input had data for, 0 if it was for several or none. */
  private int onlyStreamId;

  SessionReader(Session session, LockedCore core, @Nullable FrameListener frameListener) {
    this.session = session;
    this.core = core;
    this.frameListener = frameListener;
    this.wakeUps = new WakeUps(session);
  }

  /** Returns whether the bytes so far end between two frames. */
  boolean atFrameBoundary() {
    return decoder.atFrameBoundary();
  }

  /** Takes in bytes; what goes wrong ends the session. */
  void onInput(ByteBuffer source) {
    Throwable broken = null;
    wakeUps.beginInput(source.remaining());
    try {
      boolean alive =
          core.beginDelivery((mux, now) -> {
            mux.handleBytes(now);
            decode(source, mux, now);
          });
      if (!alive) {
        // A stream that began now would never hear of the end.
        return;
      }
    } catch (ProtocolViolationException | RuntimeException | Error e) {
      broken = e;
    }
    try {
      deliver(source);
      core.duringDelivery(this::afterDelivery);
    } catch (ProtocolViolationException | RuntimeException | Error e) {
      broken = broken == null ? e : broken;
    }
    boolean write = core.endDelivery(decoder.gatheredBytes());
    deliveries.clear();
    reports = emptied(reports);
    frameLog.forEach(Runnable::run);
    frameLog = emptied(frameLog);
    opened.forEach(session.acceptQueue()::add);
    opened = emptied(opened);
    if (broken instanceof ProtocolViolationException violation) {
      session.endByViolation(violation);
    } else if (broken != null) {
      session.end(SessionEnd.INTERNAL_ERROR, "defect while reading: " + broken, broken);
    } else if (write) {
      wakeUps.requestWrite();
    }
    if (pauseOwedNanos >= SHORTEST_PAUSE_NANOS) {
      session.driver().pauseReading(Math.min(pauseOwedNanos, LONGEST_PAUSE_NANOS));
      pauseOwedNanos = 0;
    }
    MemoryGuard.shedIfNeeded();
  }

  private void decode(ByteBuffer source, MuxCore mux, long now) throws ProtocolViolationException {
    while (true) {
      switch (decoder.next(source)) {
        case NEED_INPUT -> {
          return;
        }
        case CONTROL -> {
          noteFrame();
          CoreStream stream =
              mux.handleControl(decoder.command(), decoder.streamId(), decoder.body(), now);
          if (stream != null) {
            opened.add(session.adopt(stream));
          }
        }
        case DATA_START -> {
          noteFrame();
          CoreStream stream = mux.handleData(decoder.streamId(), decoder.bodyBytes(), now);
          int oversizedBytes = decoder.bodyBytes() - WireFormat.DATA_BODY_BYTES;
          if (oversizedBytes > 0 && mux.heldBytes() > MUCH_UNREAD_BYTES) {
            pauseOwedNanos += oversizedBytes * PAUSE_PER_OVERSIZED_BYTE_NANOS;
          }
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

  /** Returns the list without its elements, or a new one when it has grown too large to be kept. */
  static <T> List<T> emptied(List<T> list) {
    if (list.size() > Deliveries.MAX_KEPT_CAPACITY) {
      return new ArrayList<>();
    }
    list.clear();
    return list;
  }

  private static StreamInput inputOf(CoreStream stream) {
    if (stream.source() instanceof StreamOutput output) {
      return output.stream().input();
    }
    throw new IllegalStateException(stream + " has nothing attached");
  }

  /**
   * Returns whether somebody waited for data of the last input, which all was for one stream, as
   * that of the input before.
   */
  boolean foundSameReader() {
    return foundSameReader;
  }

  /** Returns whom the input wakes. */
  WakeUps wakeUps() {
    return wakeUps;
  }

  private void deliver(ByteBuffer source) {
    int from = 0;
    int streamId = 0;
    try {
      while (from < deliveries.size()) {
        wakeUps.beginStream();
        int to = deliveries.endOfRun(from);
        StreamInput input = deliveries.input(from);
        if (input.deliver(deliveries, from, to, source)) {
          reports.add(input);
        }
        streamId = from == 0 && to == deliveries.size() ? input.core().id() : 0;
        from = to;
      }
      foundSameReader = deliveries.takeFoundReader() && streamId != 0 && streamId == onlyStreamId;
      onlyStreamId = streamId;
    } finally {
      // Bytes that did not arrive because something broke: a FIN behind them is no clean end.
      for (; from < deliveries.size(); from++) {
        deliveries.input(from).onFailure(StreamFailure.SESSION_ENDED);
      }
    }
  }

  private void afterDelivery(MuxCore mux, long now) throws ProtocolViolationException {
    pauseOwedNanos += mux.takeRefusedLately() * PAUSE_PER_REFUSAL_NANOS;
    pauseOwedNanos += mux.takeRefusedBytesLately() * PAUSE_PER_REFUSED_BYTE_NANOS;
    pauseOwedNanos += mux.takeFutileLately() * PAUSE_PER_FUTILE_STREAM_NANOS;
    for (StreamInput input : reports) {
      input.reportTo(mux, now);
    }
  }

  /** Notes a frame for the listener, which is called without the lock. */
  private void noteFrame() {
    FrameListener listener = frameListener;
    if (listener != null) {
      var command = decoder.command();
      int streamId = decoder.streamId();
      int bodyBytes = decoder.bodyBytes();
      frameLog.add(() -> listener.onFrame(false, command, streamId, bodyBytes));
    }
  }
}
