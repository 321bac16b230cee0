package io.picomux.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.core.Command;
import io.picomux.core.MuxLimits;
import io.picomux.core.WireFormat;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Credit given so that every stream has a byte left over in a large piece of memory. */
@Timeout(60)
class CreditDribbleTest {
  private static final int STREAMS = 1000;
  private static final int QUEUE_LIMIT_BYTES = 1 << 20;

  /** What a queue allocates for a full frame and one byte more. */
  private static final int SEGMENT_BYTES = 16_384;

  @Test
  void whatIsLeftOfASegmentCountsAsTheWholeSegment() throws Exception {
    MuxLimits limits = MuxLimits.builder().sessionQueueBytes(QUEUE_LIMIT_BYTES).build();
    try (HostilePeer peer = HostilePeer.of(PicoMux.builder().limits(limits))) {
      int leftOver = 0;
      for (int id = 1; id <= STREAMS; id++) {
        peer.send(new HostilePeer.Burst().add(Command.SYN, id));
        MuxStream stream = peer.victim().accept();
        for (int i = 0; i < WireFormat.INITIAL_WINDOW_FRAMES; i++) {
          if (stream.tryWrite(ByteBuffer.wrap(new byte[1])) == 1) {
            peer.next(Command.PSH);
          }
        }
        int accepted = stream.tryWrite(ByteBuffer.allocate(WireFormat.DATA_BODY_BYTES));
        accepted += stream.tryWrite(ByteBuffer.allocate(1));
        if (accepted == WireFormat.DATA_BODY_BYTES + 1) {
          peer.send(new HostilePeer.Burst().more(id, 1));
          peer.next(Command.PSH);
          assertThat(stream.stats().queuedBytes()).isEqualTo(1);
          leftOver++;
        }
      }
      assertThat(leftOver).isBetween(1, QUEUE_LIMIT_BYTES / SEGMENT_BYTES);
    }
  }
}
