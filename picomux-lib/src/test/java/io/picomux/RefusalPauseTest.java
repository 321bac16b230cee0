package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.Command;
import io.picomux.core.FrameEncoder;
import io.picomux.core.MuxConfig;
import io.picomux.core.MuxLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever opens streams that are refused, or that are over at once, is read more slowly. */
class RefusalPauseTest {
  private static final int ACCEPTED = 4;

  private final List<Long> pausesNanos = new ArrayList<>();
  private final StillSession still;
  private int nextId = 1;

  RefusalPauseTest() throws IOException {
    MuxLimits limits = MuxLimits.builder().acceptQueueStreams(ACCEPTED).build();
    still =
        StillSession.over(
            MuxConfig.DEFAULT.withLimits(limits),
            new StillDriver() {
              @Override
              public void pauseReading(long nanos) {
                pausesNanos.add(nanos);
              }
            });
  }

  @AfterEach
  void end() {
    still.close();
  }

  @Test
  void everyRefusalDelaysThePeer() throws Exception {
    openStreams(ACCEPTED);
    assertThat(pausesNanos).isEmpty();
    openStreams(1_000);
    openStreams(4_000);
    assertThat(pausesNanos).containsExactly(20_000_000L, 80_000_000L);
  }

  @Test
  void fewRefusalsAreSavedUp() throws Exception {
    openStreams(ACCEPTED);
    openStreams(30);
    assertThat(pausesNanos).isEmpty();
    openStreams(20);
    assertThat(pausesNanos).containsExactly(1_000_000L);
    openStreams(49);
    assertThat(pausesNanos).hasSize(1);
  }

  @Test
  void noPauseIsLong() throws Exception {
    openStreams(30_000);
    assertThat(pausesNanos).containsExactly(100_000_000L);
    openStreams(1);
    assertThat(pausesNanos).as("what is beyond it is forgiven").hasSize(1);
  }

  /** Streams that end before they are accepted, as in the attack on HTTP/2 called rapid reset. */
  @Test
  void streamsThatAreOverAtOnceCostTenTimesAsMuch() throws Exception {
    ByteBuffer frames = ByteBuffer.allocate(100);
    for (int id = 1; id <= ACCEPTED; id++) {
      frames.put(FrameEncoder.encode(Command.SYN, id, new byte[0]));
      frames.put(FrameEncoder.encode(Command.FIN, id, new byte[0]));
    }
    still.session().onInput(frames.flip());
    nextId = 100;
    openStreams(10);
    assertThat(pausesNanos).as("4 of 200 us, 10 of 20 us").containsExactly(1_000_000L);
  }

  private void openStreams(int count) {
    ByteBuffer syns = ByteBuffer.allocate(8 * count);
    for (int i = 0; i < count; i++) {
      syns.put(FrameEncoder.encode(Command.SYN, nextId++, new byte[0]));
    }
    still.session().onInput(syns.flip());
  }
}
