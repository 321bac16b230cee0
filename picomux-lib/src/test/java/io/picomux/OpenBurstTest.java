package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.picomux.core.MuxLimits;
import io.picomux.core.StreamFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An honest peer that opens far more streams at once than the accept queue holds. */
@Timeout(60)
class OpenBurstTest {
  private static final int STREAMS = 10_000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @ParameterizedTest
  @EnumSource(SessionPair.Kind.class)
  void streamsBeyondTheAcceptQueueAreRefusedAndTheSessionGoesOn(SessionPair.Kind kind)
      throws Exception {
    int accepted = MuxLimits.DEFAULT.acceptQueueStreams();
    try (SessionPair pair = SessionPair.open(kind)) {
      // After a PONG each side knows what the other one understands.
      pair.client().ping(PATIENCE);
      List<MuxStream> streams = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        streams.add(pair.client().open(new byte[0]));
      }
      // The answer to a PING comes before the refusals that are still owed, a second one's behind
      // those that were owed when the first was answered: until all are here, ask again.
      while (pair.client().stats().core().liveStreams() > accepted) {
        pair.client().ping(PATIENCE);
      }
      assertThat(pair.server().stats().core().streamsRefused()).isEqualTo(STREAMS - accepted);
      int refused = 0;
      for (MuxStream stream : streams) {
        if (stream.isOutputShutdown()) {
          StreamException failure =
              catchThrowableOfType(StreamException.class, () -> stream.inputStream().read());
          assertThat(failure.reason()).isEqualTo(StreamFailure.REFUSED);
          refused++;
        }
      }
      assertThat(refused).isEqualTo(STREAMS - accepted);
      for (int i = 0; i < accepted; i++) {
        pair.server().accept(PATIENCE).close();
      }
      assertThatANewStreamWorks(pair);
    }
  }

  private static void assertThatANewStreamWorks(SessionPair pair) throws IOException {
    try (MuxStream near = pair.client().open(new byte[] {1});
        MuxStream far = pair.server().accept(PATIENCE)) {
      near.outputStream().write(7);
      assertThat(far.metadata()).containsExactly(1);
      assertThat(far.inputStream().read()).isEqualTo(7);
    }
  }
}
