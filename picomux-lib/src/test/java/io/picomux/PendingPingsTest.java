package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.core.SessionEnd;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PendingPingsTest {
  private static final Duration LATENCY = Duration.ofMillis(3);

  private final PendingPings pings = new PendingPings(Runnable::run);

  @Test
  void anAnswerServesAllWhoAskedBeforeItsPing() {
    CompletableFuture<Duration> first = pings.add(1);
    CompletableFuture<Duration> again = pings.add(1);
    CompletableFuture<Duration> second = pings.add(2);
    pings.note(1, LATENCY);
    assertThat(first).isNotDone();
    pings.tell();
    assertThat(first).isCompletedWithValue(LATENCY);
    assertThat(again).isCompletedWithValue(LATENCY);
    assertThat(second).isNotDone();
    pings.note(3, Duration.ZERO);
    pings.tell();
    assertThat(second).isCompletedWithValue(Duration.ZERO);
  }

  @Test
  void theEndFailsThoseWhoWaitAndThoseWhoCome() {
    CompletableFuture<Duration> waiting = pings.add(1);
    pings.end(new SessionException(SessionEnd.ABORTED, "session 1: aborted", null));
    assertThatThrownBy(waiting::join).hasCauseInstanceOf(SessionException.class);
    assertThatThrownBy(() -> pings.add(2).join()).hasCauseInstanceOf(SessionException.class);
  }

  @Test
  void aFutureMayAskAgainWhenItCompletes() {
    CompletableFuture<Duration> second = pings.add(1).thenCompose(latency -> pings.add(2));
    pings.note(1, LATENCY);
    pings.tell();
    pings.note(2, LATENCY);
    pings.tell();
    assertThat(second).isCompletedWithValue(LATENCY);
  }
}
