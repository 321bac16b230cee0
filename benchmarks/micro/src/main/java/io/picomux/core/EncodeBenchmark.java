package io.picomux.core;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What {@link FrameEncoder} takes for a frame, together with the copy of its body from an array
 * into the direct buffer of a session's writer. Each method returns how many bytes it has written.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncodeBenchmark {
  private static final byte[] NO_BODY = {};

  private final byte[] data = new byte[FrameMix.BUFFER_BYTES];
  private final byte[] metadata = new byte[FrameMix.METADATA_BYTES];
  private final ByteBuffer out =
      ByteBuffer.allocateDirect(
          FrameMix.FULL_FRAMES * (WireFormat.HEADER_BYTES + WireFormat.DATA_BODY_BYTES));

  /** Made by JMH. */
  public EncodeBenchmark() {}

  /** Data frames of 8192 bytes. */
  @Benchmark
  @OperationsPerInvocation(FrameMix.FULL_FRAMES)
  public int fullFrames() {
    return encodeData(FrameMix.FULL_FRAMES, WireFormat.DATA_BODY_BYTES);
  }

  /** Data frames of 100 bytes. */
  @Benchmark
  @OperationsPerInvocation(FrameMix.SMALL_FRAMES)
  public int smallFrames() {
    return encodeData(FrameMix.SMALL_FRAMES, FrameMix.SMALL_BODY_BYTES);
  }

  /** MOREs, whose bodies are made from a number. */
  @Benchmark
  @OperationsPerInvocation(FrameMix.MORE_FRAMES)
  public int moreFrames() {
    out.clear();
    for (int id = 1; id <= FrameMix.MORE_FRAMES; id++) {
      put(Command.MORE, id, FrameEncoder.moreBody(id));
    }
    return out.position();
  }

  /** FINs, which have no body. */
  @Benchmark
  @OperationsPerInvocation(FrameMix.FIN_FRAMES)
  public int finFrames() {
    out.clear();
    for (int id = 1; id <= FrameMix.FIN_FRAMES; id++) {
      put(Command.FIN, id, NO_BODY);
    }
    return out.position();
  }

  /** SYNs with 20 bytes of metadata. */
  @Benchmark
  @OperationsPerInvocation(FrameMix.SYN_FRAMES)
  public int synFrames() {
    out.clear();
    for (int id = 1; id <= FrameMix.SYN_FRAMES; id++) {
      put(Command.SYN, id, metadata);
    }
    return out.position();
  }

  private int encodeData(int frames, int bodyBytes) {
    out.clear();
    for (int id = 1, offset = 0; id <= frames; id++, offset += bodyBytes) {
      FrameEncoder.putHeader(out, Command.PSH, id, bodyBytes);
      out.put(data, offset, bodyBytes);
    }
    return out.position();
  }

  private void put(Command command, int streamId, byte[] body) {
    FrameEncoder.putHeader(out, command, streamId, body.length);
    out.put(body);
  }
}
