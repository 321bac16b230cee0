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
 * What {@link FrameDecoder} takes for a frame, in the loop in which sessions use it. The bodies of
 * data frames are only passed over, as a session does that copies them later. The buffer is a
 * direct one, as that of a selector thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecodeBenchmark {
  private final FrameDecoder decoder = new FrameDecoder();
  private final ByteBuffer full =
      frames(FrameMix.FULL_FRAMES, Command.PSH, new byte[WireFormat.DATA_BODY_BYTES]);
  private final ByteBuffer small =
      frames(FrameMix.SMALL_FRAMES, Command.PSH, new byte[FrameMix.SMALL_BODY_BYTES]);
  private final ByteBuffer more =
      frames(FrameMix.MORE_FRAMES, Command.MORE, FrameEncoder.moreBody(150));
  private final ByteBuffer fin = frames(FrameMix.FIN_FRAMES, Command.FIN, new byte[0]);
  private final ByteBuffer syn =
      frames(FrameMix.SYN_FRAMES, Command.SYN, new byte[FrameMix.METADATA_BYTES]);

  /** Made by JMH. */
  public DecodeBenchmark() {}

  /** Data frames of 8192 bytes. */
  @Benchmark
  @OperationsPerInvocation(FrameMix.FULL_FRAMES)
  public long fullFrames() throws ProtocolViolationException {
    return decode(full, FrameMix.FULL_FRAMES);
  }

  /** Data frames of 100 bytes. */
  @Benchmark
  @OperationsPerInvocation(FrameMix.SMALL_FRAMES)
  public long smallFrames() throws ProtocolViolationException {
    return decode(small, FrameMix.SMALL_FRAMES);
  }

  /** MOREs, whose bodies are gathered. */
  @Benchmark
  @OperationsPerInvocation(FrameMix.MORE_FRAMES)
  public long moreFrames() throws ProtocolViolationException {
    return decode(more, FrameMix.MORE_FRAMES);
  }

  /** FINs, which have no body. */
  @Benchmark
  @OperationsPerInvocation(FrameMix.FIN_FRAMES)
  public long finFrames() throws ProtocolViolationException {
    return decode(fin, FrameMix.FIN_FRAMES);
  }

  /** SYNs with 20 bytes of metadata, which are gathered. */
  @Benchmark
  @OperationsPerInvocation(FrameMix.SYN_FRAMES)
  public long synFrames() throws ProtocolViolationException {
    return decode(syn, FrameMix.SYN_FRAMES);
  }

  /** Decodes all frames; returns a number to which everything that was decoded contributes. */
  private long decode(ByteBuffer in, int expectedFrames) throws ProtocolViolationException {
    in.rewind();
    long sum = 0;
    int frames = 0;
    while (true) {
      switch (decoder.next(in)) {
        case NEED_INPUT -> {
          if (frames != expectedFrames || !decoder.atFrameBoundary()) {
            throw new IllegalStateException(frames + " frames, not " + expectedFrames);
          }
          return sum;
        }
        case CONTROL -> {
          frames++;
          sum += decoder.command().code() + decoder.streamId() + decoder.body().length;
        }
        case DATA_START -> {
          frames++;
          sum += decoder.streamId() + decoder.bodyBytes();
        }
        case DATA -> {
          int end = in.position() + decoder.dataBytes();
          sum += end;
          in.position(end);
        }
      }
    }
  }

  private static ByteBuffer frames(int frames, Command command, byte[] body) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(frames * (WireFormat.HEADER_BYTES + body.length));
    for (int id = 1; id <= frames; id++) {
      FrameEncoder.putHeader(buffer, command, id, body.length);
      buffer.put(body);
    }
    return buffer.flip();
  }
}
