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
 * What a full data frame costs the receiving end beside its bytes: {@link ReceiveWindow}, {@link
 * ReceiveBudget} and {@link PathCredit} behind {@link MuxCore}, from its header to the MORE that
 * gives its credit back. Frames come in turns of eight, as a sender with many streams sends them,
 * from a peer that uses all credit it is given.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReceiveCreditBenchmark {
  static final int FRAMES = 960;

  private static final int TURN_FRAMES = 8;

  /** A connection of a GB a second. */
  private static final long NANOS_PER_FRAME = WireFormat.HEADER_BYTES + WireFormat.DATA_BODY_BYTES;

  /** How many streams take turns. */
  @Param({"1", "60"})
  int streams;

  private final MuxCore core = new MuxCore(MuxConfig.DEFAULT, 1, 0);
  private final OutboundFrame out = new OutboundFrame();
  private CoreStream[] opened = {};
  private int[] takenFrames = {};
  private int next;
  private long nowNanos;
  private long sum;
  private long sentFrames;

  /** Made by JMH. */
  public ReceiveCreditBenchmark() {}

  /** Returns how many frames the core has handed out; all since the beginning were MOREs. */
  long sentFrames() {
    return sentFrames;
  }

  /** Opens the streams. */
  @Setup
  public void setUp() {
    opened = new CoreStream[streams];
    takenFrames = new int[streams];
    for (int i = 0; i < streams; i++) {
      opened[i] = core.open(new byte[0], Supply.empty(), nowNanos);
    }
    send();
  }

  /**
   * The reader waits for data and takes it at once, so that nothing is stored; the core hears of it
   * when enough was taken.
   */
  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public long readerThatWaits() throws ProtocolViolationException {
    int left = FRAMES;
    while (left > 0) {
      int i = nextWithCredit();
      CoreStream stream = opened[i];
      int frames = arrive(stream, left);
      takenFrames[i] += frames;
      if (takenFrames[i] >= stream.reportThresholdFrames()) {
        consumed(stream, takenFrames[i], 0);
        takenFrames[i] = 0;
      }
      send();
      left -= frames;
    }
    return sum;
  }

  /** What comes is stored, and then the reader takes it: the core hears of both. */
  @Benchmark
  @OperationsPerInvocation(FRAMES)
  public long readerThatLags() throws ProtocolViolationException {
    int left = FRAMES;
    while (left > 0) {
      CoreStream stream = opened[nextWithCredit()];
      int frames = arrive(stream, left);
      long bytes = (long) frames * WireFormat.DATA_BODY_BYTES;
      core.stored(stream, bytes, nowNanos);
      consumed(stream, frames, bytes);
      send();
      left -= frames;
    }
    return sum;
  }

  /** Returns the place of the stream whose turn it is among those whose peer may send. */
  private int nextWithCredit() {
    for (int tried = 0; tried < streams; tried++) {
      int i = next;
      next = i + 1 == streams ? 0 : i + 1;
      if (opened[i].receiveCreditFrames() > 0) {
        return i;
      }
    }
    throw new IllegalStateException("no stream has credit");
  }

  /** A turn of frames comes, as far as there is credit; returns how many. */
  private int arrive(CoreStream stream, int mostFrames) throws ProtocolViolationException {
    int frames = Math.min(Math.min(TURN_FRAMES, mostFrames), stream.receiveCreditFrames());
    nowNanos += frames * NANOS_PER_FRAME;
    core.handleBytes(nowNanos);
    for (int i = 0; i < frames; i++) {
      if (core.handleData(stream.id(), WireFormat.DATA_BODY_BYTES, nowNanos) != stream) {
        throw new IllegalStateException("a frame for " + stream + " is nobody's");
      }
    }
    return frames;
  }

  private void consumed(CoreStream stream, int frames, long freedBytes) {
    long readBytes = (long) frames * WireFormat.DATA_BODY_BYTES;
    core.consumed(stream, frames, readBytes, freedBytes, nowNanos);
  }

  /** Takes what the core wants to send: MOREs, and what begins a session. */
  private void send() {
    while (core.pollFrame(out, nowNanos)) {
      sum += out.streamId() + out.bodyBytes();
      sentFrames++;
    }
  }
}
