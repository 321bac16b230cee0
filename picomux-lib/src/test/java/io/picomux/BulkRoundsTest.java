package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.MuxConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is written at once in bulk. */
@Timeout(60)
class BulkRoundsTest {
  private static final int BODY_BYTES = 8192;
  private static final int FRAME_BYTES = 8 + BODY_BYTES;

  private final StillSession still;
  private final PicoMux mux;

  BulkRoundsTest() throws IOException {
    still = StillSession.over(MuxConfig.DEFAULT, new StillDriver());
    mux = still.mux();
  }

  @AfterEach
  void end() {
    still.close();
  }

  @Test
  void fullFramesOfARoundFitASegment() throws Exception {
    MuxStream stream = mux.open(new byte[0]);
    assertThat(still.roundBytes()).as("the SYN and a PING").isPositive();
    int credit = 10;
    assertThat(stream.tryWrite(ByteBuffer.allocate(credit * BODY_BYTES)))
        .isEqualTo(credit * BODY_BYTES);
    assertThat(still.roundBytes()).isEqualTo(7 * FRAME_BYTES);
    assertThat(still.roundBytes()).as("what is left").isEqualTo(3 * FRAME_BYTES);
  }

  /** However long the frames are, the last of which may begin one byte before the end. */
  @Test
  void framesOfAnyLengthFitASegment() throws Exception {
    for (int length = 1; length < BODY_BYTES; length += 97) {
      MuxStream stream = mux.open(new byte[0]);
      assertThat(stream.tryWrite(ByteBuffer.allocate(length))).isEqualTo(length);
      MuxStream bulk = mux.open(new byte[0]);
      assertThat(bulk.tryWrite(ByteBuffer.allocate(3 * BODY_BYTES))).isEqualTo(3 * BODY_BYTES);
    }
    int rounds = 0;
    int bytes;
    while ((bytes = still.roundBytes()) > 0) {
      assertThat(bytes).isLessThanOrEqualTo(Driver.LOOPBACK_SEGMENT_BYTES);
      rounds++;
    }
    assertThat(rounds).isGreaterThan(30);
  }

  /** Where a write takes little time its bytes are the smaller part of it. */
  @Test
  void overAFastConnectionARoundFillsASegment() throws Exception {
    try (StillSession fast = StillSession.over(MuxConfig.DEFAULT, new SegmentDriver(), () -> 0)) {
      MuxStream stream = fast.mux().open(new byte[0]);
      assertThat(fast.roundBytes()).as("the SYN and a PING").isPositive();
      ByteBuffer content = ByteBuffer.allocate(1 << 20);
      boolean filled = false;
      while (content.hasRemaining()) {
        stream.tryWrite(content);
        fast.grant(stream.id(), 255);
        int bytes = fast.roundBytes();
        filled |= bytes == Driver.LOOPBACK_SEGMENT_BYTES;
        assertThat(bytes).isEqualTo(filled ? Driver.LOOPBACK_SEGMENT_BYTES : 7 * FRAME_BYTES);
      }
      assertThat(filled).isTrue();
    }
  }

  private static final class SegmentDriver extends StillDriver {
    @Override
    public boolean fillsSegments() {
      return true;
    }
  }
}
