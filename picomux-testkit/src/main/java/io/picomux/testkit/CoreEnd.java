package io.picomux.testkit;

import io.picomux.core.Command;
import io.picomux.core.CoreStream;
import io.picomux.core.FrameDecoder;
import io.picomux.core.FrameEncoder;
import io.picomux.core.MuxConfig;
import io.picomux.core.MuxCore;
import io.picomux.core.OutboundFrame;
import io.picomux.core.ProtocolViolationException;
import io.picomux.core.SessionEnd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One end of a simulated session: a {@link MuxCore} with buffers in memory and nothing else, the
 * smallest engine there can be. Not thread-safe.
 */
public final class CoreEnd {
  /** How long the peer may take to end its direction after ours, as in the library. */
  private static final long PEER_END_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final String name;
  private final MuxCore core;
  private final VirtualClock clock;
  private final long lingerNanos;
  private final Transcript transcript;
  private final FrameDecoder decoder = new FrameDecoder();
  private final OutboundFrame frame = new OutboundFrame();
  private final LinkEnd linkSide = new LinkSide();
  private final ArrayDeque<EndStream> acceptQueue = new ArrayDeque<>();
  private @Nullable SimulatedLink link;
  private @Nullable EndStream receiver;
  private @Nullable SessionEnd endReason;
  private @Nullable ProtocolViolationException violation;
  private long wakeUpNanos = Long.MAX_VALUE;
  private boolean settling;
  private final Set<EndStream> streams = new LinkedHashSet<>();
  private @Nullable Runnable streamListener;
  private boolean closing;
  private boolean outputEnded;

  /**
   * Creates an end.
   *
   * @param transcript takes each frame that is sent
   */
  CoreEnd(String name, MuxConfig config, long seed, VirtualClock clock, Transcript transcript) {
    this.name = name;
    this.lingerNanos = config.limits().closeLingerNanos();
    this.core = new MuxCore(config, seed, clock.nowNanos());
    this.clock = clock;
    this.transcript = transcript;
  }

  LinkEnd linkSide() {
    return linkSide;
  }

  void connect(SimulatedLink newLink) {
    link = newLink;
    settle();
  }

  long nowNanos() {
    return clock.nowNanos();
  }

  // ---- the application

  /** Returns the core, to look at and for settings. */
  public MuxCore core() {
    return core;
  }

  /** Opens a stream. */
  public EndStream open(byte[] metadata) {
    EndStream stream = new EndStream(this);
    act(() -> stream.bind(core.open(metadata, stream.new Source(), nowNanos())));
    streams.add(stream);
    return stream;
  }

  /** Returns the next stream that the peer has opened, or null when there is none yet. */
  public @Nullable EndStream accept() {
    EndStream stream = acceptQueue.poll();
    if (stream != null) {
      act(() -> core.accepted(stream.core(), nowNanos()));
    }
    return stream;
  }

  /**
   * Sets who is told that {@link #accept} has a stream, each time one has come.
   *
   * @param listener null for nobody
   */
  public void onStream(@Nullable Runnable listener) {
    streamListener = listener;
    if (!acceptQueue.isEmpty()) {
      tell(listener);
    }
  }

  /**
   * Ends the session in order: no stream is taken in any more, all are closed, and when everything
   * is delivered the transport ends. It is over when the peer has ended too, or after a while.
   */
  public void close() {
    if (closing || endReason != null) {
      return;
    }
    closing = true;
    act(core::refuseStreams);
    List.copyOf(streams).forEach(EndStream::close);
    clock.after(lingerNanos, () -> end(SessionEnd.CLOSED));
    settle();
  }

  /** Returns whether {@link #close} was called, be it over or under way. */
  public boolean isClosing() {
    return closing;
  }

  /** Ends the session at once on this side; what was under way is lost. */
  public void abort() {
    end(SessionEnd.ABORTED);
  }

  /** Returns why the session has ended, or null while it lives. */
  public @Nullable SessionEnd endReason() {
    return endReason;
  }

  /** Returns what the peer did wrong, or null. */
  public @Nullable ProtocolViolationException violation() {
    return violation;
  }

  // ---- the engine

  /**
   * Enters the core and carries out what comes of it: for what has no method here, such as {@link
   * MuxCore#setDebloat}.
   */
  public void act(Runnable action) {
    action.run();
    settle();
  }

  /** What the link calls. */
  private final class LinkSide implements LinkEnd {
    @Override
    public void onRoom() {
      settle();
    }

    @Override
    public void onBytes(ByteBuffer bytes) {
      CoreEnd.this.onBytes(bytes);
    }

    @Override
    public void onEnd() {
      if (outputEnded) {
        end(SessionEnd.CLOSED);
        return;
      }
      boolean cutOff = !decoder.atFrameBoundary() || core.hasOpenStreams();
      end(cutOff ? SessionEnd.TRUNCATED : SessionEnd.PEER_CLOSED);
    }

    @Override
    public void onFailure(IOException cause) {
      end(SessionEnd.TRANSPORT_FAILED);
    }
  }

  private void onBytes(ByteBuffer bytes) {
    if (endReason != null || outputEnded) {
      return;
    }
    core.handleBytes(nowNanos());
    try {
      decode(bytes);
    } catch (ProtocolViolationException e) {
      violation = e;
      end(SessionEnd.PROTOCOL_VIOLATION);
    }
    settle();
  }

  private void decode(ByteBuffer bytes) throws ProtocolViolationException {
    while (true) {
      switch (decoder.next(bytes)) {
        case NEED_INPUT -> {
          return;
        }
        case CONTROL -> {
          CoreStream opened =
              core.handleControl(decoder.command(), decoder.streamId(), decoder.body(), nowNanos());
          if (opened != null) {
            EndStream stream = new EndStream(this);
            stream.bind(opened);
            opened.attach(stream.new Source());
            acceptQueue.add(stream);
            streams.add(stream);
            tell(streamListener);
          }
        }
        case DATA_START -> {
          CoreStream stream = core.handleData(decoder.streamId(), decoder.bodyBytes(), nowNanos());
          receiver = stream == null ? null : streamOf(stream);
          if (receiver != null) {
            receiver.startFrame(decoder.bodyBytes());
            core.stored(receiver.core(), decoder.bodyBytes(), nowNanos());
          }
        }
        case DATA -> {
          ByteBuffer part = bytes.slice(bytes.position(), decoder.dataBytes());
          bytes.position(bytes.position() + decoder.dataBytes());
          if (receiver != null) {
            receiver.receive(part);
          }
        }
      }
    }
  }

  private void end(SessionEnd reason) {
    if (endReason == null) {
      endReason = reason;
      core.end();
      settle();
    }
  }

  private void settle() {
    if (settling) {
      return;
    }
    settling = true;
    do {
      sendFrames();
    } while (tellStreams());
    settling = false;
    endOutput();
    scheduleWakeUp();
  }

  private void endOutput() {
    SimulatedLink to = link;
    if (closing && !outputEnded && endReason == null && to != null && core.isFlushed()) {
      outputEnded = true;
      to.end();
      clock.after(PEER_END_NANOS, () -> end(SessionEnd.CLOSED));
    }
  }

  /** Tells the application later, so that it never comes back in the middle of something. */
  void tell(@Nullable Runnable listener) {
    if (listener != null) {
      clock.after(0, listener);
    }
  }

  void forget(EndStream stream) {
    streams.remove(stream);
  }

  private boolean tellStreams() {
    CoreStream stream = core.pollEvent();
    boolean any = stream != null;
    while (stream != null) {
      streamOf(stream).onEvents(stream.takeEvents());
      stream = core.pollEvent();
    }
    return any;
  }

  private void sendFrames() {
    SimulatedLink to = link;
    while (to != null && to.hasRoom() && core.pollFrame(frame, nowNanos())) {
      transcript.add(name, frame.command(), frame.streamId(), frame.bodyBytes());
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      if (frame.command() == Command.PSH) {
        CoreStream stream = frame.dataStream();
        if (stream != null) {
          streamOf(stream).moveTo(out, frame.bodyBytes());
        }
      } else {
        out.writeBytes(frame.body());
      }
      to.send(FrameEncoder.encode(frame.command(), frame.streamId(), out.toByteArray()));
    }
  }

  private void scheduleWakeUp() {
    long deadline = core.nextDeadlineNanos();
    if (deadline < wakeUpNanos) {
      wakeUpNanos = deadline;
      clock.at(
          deadline,
          () -> {
            if (wakeUpNanos == deadline) {
              wakeUpNanos = Long.MAX_VALUE;
              onDeadline();
            }
          });
    }
  }

  private void onDeadline() {
    if (core.handleTimeout(nowNanos())) {
      end(SessionEnd.TIMED_OUT);
    }
    settle();
  }

  private static EndStream streamOf(CoreStream stream) {
    if (stream.source() instanceof EndStream.Source source) {
      return source.stream();
    }
    throw new IllegalStateException(stream + " has nothing attached");
  }

  @Override
  public String toString() {
    return name;
  }
}
