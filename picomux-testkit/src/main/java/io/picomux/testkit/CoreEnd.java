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
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a simulated session: a {@link MuxCore} with buffers in memory and nothing else, the
 * smallest engine there can be. Not thread-safe.
 */
public final class CoreEnd {
  private final String name;
  private final MuxCore core;
  private final VirtualClock clock;
  private final Consumer<String> log;
  private final FrameDecoder decoder = new FrameDecoder();
  private final OutboundFrame frame = new OutboundFrame();
  private final ArrayDeque<EndStream> acceptQueue = new ArrayDeque<>();
  private @Nullable SimulatedLink link;
  private @Nullable EndStream receiver;
  private @Nullable SessionEnd endReason;
  private @Nullable ProtocolViolationException violation;
  private long wakeUpNanos = Long.MAX_VALUE;
  private boolean settling;

  /**
   * Creates an end.
   *
   * @param log hears one line for each frame that is sent
   */
  CoreEnd(String name, MuxConfig config, long seed, VirtualClock clock, Consumer<String> log) {
    this.name = name;
    this.core = new MuxCore(config, seed, clock.nowNanos());
    this.clock = clock;
    this.log = log;
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

  /** Enters the core and carries out what comes of it. */
  void act(Runnable action) {
    action.run();
    settle();
  }

  /** There may be room on the link. */
  void onRoom() {
    settle();
  }

  /** Bytes of the peer have arrived. */
  void onBytes(ByteBuffer bytes) {
    if (endReason != null) {
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
    scheduleWakeUp();
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
      log.accept(nowNanos() + " " + name + " " + frame);
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
