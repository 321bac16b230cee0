package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Feeds {@link FrameDecoder} any bytes, whole and in slices: both must give what {@link FrameModel}
 * reads from them, and what it reads must be what an encoder wrote.
 *
 * <p>The first byte of an input chooses the slices, the others are the bytes of the transport.
 */
@ExtendWith(FindingReport.class)
class FrameDecoderFuzzTest {
  /** The longest slice; the eight values lie around the lengths of headers, bodies and reads. */
  private static final int[] LONGEST_SLICE_BYTES = {1, 2, 3, 7, 8, 9, 64, 4096};

  public static void fuzzerTestOneInput(byte[] input) {
    new FrameDecoderFuzzTest().fuzz(input);
  }

  @FuzzTest
  void fuzz(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] wire = Arrays.copyOfRange(input, 1, input.length);
    FrameModel model = new FrameModel(wire);

    Reading whole = new Reading(wire);
    whole.feed(wire.length);
    whole.mustEqual(model);

    Reading sliced = new Reading(wire);
    int longest = LONGEST_SLICE_BYTES[input[0] & 7];
    int random = (input[0] & 0xFF) * 0x9E37_79B1 | 1;
    while (sliced.leftBytes() > 0) {
      random = random * 1_103_515_245 + 12_345;
      sliced.feed(Math.min(sliced.leftBytes(), 1 + (random >>> 16) % longest));
    }
    sliced.mustEqual(model);
  }

  /** What the decoder gave, written down as an encoder would write it. */
  private static final class Reading {
    private final FrameDecoder decoder = new FrameDecoder();
    private final ByteBuffer wire;
    private final ByteBuffer encoded;
    private @Nullable ProtocolViolationException violation;

    Reading(byte[] bytes) {
      wire = ByteBuffer.wrap(bytes).limit(0);
      encoded = ByteBuffer.allocate(bytes.length);
    }

    /** Returns how many bytes the decoder has not seen, 0 after a violation. */
    int leftBytes() {
      return violation == null ? wire.capacity() - wire.limit() : 0;
    }

    void feed(int bytes) {
      wire.limit(wire.limit() + bytes);
      try {
        decode(wire);
      } catch (ProtocolViolationException e) {
        violation = e;
      }
    }

    private void decode(ByteBuffer in) throws ProtocolViolationException {
      while (true) {
        switch (decoder.next(in)) {
          case NEED_INPUT -> {
            if (in.hasRemaining()) {
              throw new AssertionError(in.remaining() + " bytes are left over");
            }
            return;
          }
          case CONTROL -> {
            putHeader();
            byte[] body = decoder.body();
            if (body.length > 0) {
              encoded.put(body);
            } else {
              encoded.position(encoded.position() + decoder.bodyBytes());
            }
          }
          case DATA_START -> putHeader();
          case DATA -> {
            int bytes = decoder.dataBytes();
            if (bytes < 1 || bytes > in.remaining()) {
              throw new AssertionError(bytes + " data bytes of " + in.remaining());
            }
            encoded.put(encoded.position(), in, in.position(), bytes);
            encoded.position(encoded.position() + bytes);
            in.position(in.position() + bytes);
          }
        }
      }
    }

    private void putHeader() {
      FrameEncoder.putHeader(encoded, decoder.command(), decoder.streamId(), decoder.bodyBytes());
    }

    void mustEqual(FrameModel model) {
      ProtocolViolationException thrown = violation;
      Violation kind = thrown == null ? null : thrown.violation();
      if (kind != model.violation()) {
        throw new AssertionError(
            "violation " + kind + ", the model says " + model.violation(), thrown);
      }
      if (thrown != null) {
        if (thrown.streamId() != model.streamId()
            || !String.valueOf(thrown.getMessage()).contains(model.offendingNumber())) {
          throw new AssertionError(
              "stream " + model.streamId() + " and " + model.offendingNumber() + " are not named",
              thrown);
        }
      } else if (decoder.atFrameBoundary() != model.atFrameBoundary()) {
        throw new AssertionError(
            "at a frame's boundary: the model says " + model.atFrameBoundary());
      }
      int end = model.decodedBytes();
      if (encoded.position() != end
          || Arrays.mismatch(encoded.array(), 0, end, model.expected(), 0, end) >= 0) {
        assertThat(Arrays.copyOf(encoded.array(), encoded.position()))
            .as("frames, encoded again")
            .isEqualTo(Arrays.copyOf(model.expected(), end));
      }
    }
  }
}
