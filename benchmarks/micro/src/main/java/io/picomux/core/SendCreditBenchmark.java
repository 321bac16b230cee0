package io.picomux.core;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What a full data frame costs the sending end beside its bytes: {@link FrameQueue}, {@link
 * SendScheduler} and the credit of {@link CoreStream} behind {@link MuxCore}, with the MOREs that
 * let it go.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SendCreditBenchmark {
  static final int FRAMES = 960;

  /** What a peer whose window is full grants at once. */
  private static final int QUANTUM_FRAMES = WindowPolicy.quantumFrames(WindowPolicy.TARGET_FRAMES);

  /** A connection of a GB a second. */
  private static final long NANOS_PER_FRAME = WireFormat.HEADER_BYTES + WireFormat.DATA_BODY_BYTES;

  /** How many streams take turns. */
  @Param({"1", "60"})
  int streams;

  private final MuxCore core = new MuxCore(MuxConfig.DEFAULT, 1, 0);
  private final OutboundFrame out = new OutboundFrame();
  private final byte[] quantum = FrameEncoder.moreBody(QUANTUM_FRAMES);
  private final byte[] initialWindow = FrameEncoder.moreBody(WireFormat.INITIAL_WINDOW_FRAMES);
  private CoreStream[] opened = {};
  private long nowNanos;

  /** Made by JMH. */
  public SendCreditBenchmark() {}

  /** Opens the streams and gives them data. */
  @Setup
  public void setUp() {
    opened = new CoreStream[streams];
    for (int i = 0; i < streams; i++) {
      opened[i] = core.open(new byte[0], Supply.endless(), nowNanos);
    }
    while (core.pollFrame(out, nowNanos)) {
      if (out.command() == Command.PSH) {
        throw new IllegalStateException("data of which the core cannot know");
      }
    }
    for (CoreStream stream : opened) {
      core.dataReady(stream, nowNanos);
    }
  }

  /** The peer grants 150 frames at once, ahead of need, so that no stream ever stops. */
  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public long grantedAhead() throws ProtocolViolationException {
    long sum = 0;
    for (int i = 0; i < FRAMES; i++) {
      if (!pollFrame()) {
        throw new IllegalStateException("the credit of all streams is used up");
      }
      sum += out.streamId() + out.bodyBytes();
      CoreStream stream = out.dataStream();
      if (stream != null && stream.sendCreditFrames() < WireFormat.INITIAL_WINDOW_FRAMES) {
        core.handleControl(Command.MORE, stream.id(), quantum, nowNanos);
      }
    }
    return sum;
  }

  /** The peer grants ten frames to each stream once all have used up what they had. */
  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public long usedUp() throws ProtocolViolationException {
    long sum = 0;
    int left = FRAMES;
    while (left > 0) {
      if (pollFrame()) {
        sum += out.streamId() + out.bodyBytes();
        left--;
      } else {
        for (CoreStream stream : opened) {
          core.handleControl(Command.MORE, stream.id(), initialWindow, nowNanos);
        }
      }
    }
    return sum;
  }

  private boolean pollFrame() {
    nowNanos += NANOS_PER_FRAME;
    return core.pollFrame(out, nowNanos);
  }
}
