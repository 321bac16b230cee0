package io.picomux.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.MuxConfig;
import io.picomux.core.SessionEnd;
import io.picomux.core.StreamFailure;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SimulatedPairTest {
  private static final long SECOND = 1_000_000_000L;

  private final SimulatedPair pair =
      new SimulatedPair(MuxConfig.DEFAULT, MuxConfig.DEFAULT, LinkProfile.CITY, 1);

  @Test
  void bytesArriveAtTheRateOfTheLinkAndAfterItsLatency() {
    byte[] data = new byte[1_000_000];
    new Random(5).nextBytes(data);
    EndStream near = pair.client().open(new byte[] {1, 2});
    near.write(data);
    near.finish();
    pair.clock().runUntil(5_000_000 - 1);
    assertThat(pair.server().accept()).isNull();
    pair.clock().runUntil(6_000_000);
    EndStream far = known(pair.server().accept());
    assertThat(far.core().metadata()).containsExactly(1, 2);
    int filled = 0;
    byte[] received = new byte[data.length];
    while (!far.isAtEnd()) {
      byte[] part = far.read(10_000);
      System.arraycopy(part, 0, received, filled, part.length);
      filled += part.length;
      if (part.length == 0) {
        assertThat(pair.clock().step()).isTrue();
      }
    }
    assertThat(received).isEqualTo(data);
    // 80 ms at 12.5 MB/s, more while the window grows.
    assertThat(pair.clock().nowNanos()).isBetween(80_000_000L, 400_000_000L);
  }

  @Test
  void closedStreamsLeaveNothing() {
    EndStream near = pair.client().open(new byte[0]);
    near.write(new byte[10]);
    pair.clock().runUntil(SECOND);
    EndStream far = known(pair.server().accept());
    assertThat(far.read(100)).hasSize(10);
    near.close();
    far.close();
    pair.clock().runUntil(2 * SECOND);
    assertThat(pair.isQuiet()).isTrue();
    assertThat(pair.client().core().liveStreams()).isZero();
    assertThat(pair.server().core().liveStreams()).isZero();
    assertThat(far.write(new byte[1])).isFalse();
  }

  @Test
  void anEndThatAbortsFailsItsStreamsAndThePeerTimesOut() {
    EndStream near = pair.client().open(new byte[0]);
    pair.clock().runUntil(SECOND);
    EndStream far = known(pair.server().accept());
    pair.client().abort();
    assertThat(pair.client().endReason()).isEqualTo(SessionEnd.ABORTED);
    assertThat(near.sendFailure()).isEqualTo(StreamFailure.SESSION_ENDED);
    pair.clock().runUntil(16 * SECOND);
    pair.server().act(() -> pair.server().core().probe(pair.clock().nowNanos()));
    pair.clock().runUntil(60 * SECOND);
    assertThat(pair.server().endReason()).isEqualTo(SessionEnd.TIMED_OUT);
    assertThat(far.receiveFailure()).isEqualTo(StreamFailure.SESSION_ENDED);
  }

  @Test
  void theTranscriptNamesTimeEndAndFrame() {
    pair.clock().runUntil(SECOND);
    assertThat(pair.transcript().get(0)).startsWith("0 client PING stream=0 body=");
    assertThat(pair.transcript()).hasSize(4);
  }

  private static EndStream known(@Nullable EndStream stream) {
    if (stream == null) {
      throw new AssertionError("no stream");
    }
    return stream;
  }
}
