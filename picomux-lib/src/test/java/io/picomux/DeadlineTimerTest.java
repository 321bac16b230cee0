package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DeadlineTimerTest {
  /** Shorter than what a reader gets, longer than a look at the clock. */
  private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final CompletableFuture<Long> ran = new CompletableFuture<>();

  @Test
  void readersHaveAMomentBetweenTheDeadlineAndItsTask() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20);
    DeadlineTimer timer = started(() -> ran.complete(System.nanoTime()));
    timer.set(deadline);
    assertThat(ran.get() - deadline).isGreaterThanOrEqualTo(TURN_NANOS);
    timer.stop();
  }

  @Test
  void aDeadlineThatMovesDuringThatMomentIsKeptWhereItIsThen() throws Exception {
    DeadlineTimer timer = started(() -> ran.complete(System.nanoTime()));
    timer.set(System.nanoTime());
    long later = System.nanoTime() + 2 * TURN_NANOS;
    timer.set(later);
    assertThat(ran.get() - later).isNotNegative();
    timer.stop();
  }

  @Test
  void aTaskThatSetsTheNextDeadlineRunsAgain() throws Exception {
    AtomicReference<@Nullable DeadlineTimer> self = new AtomicReference<>();
    long[] runs = {0};
    DeadlineTimer timer =
        started(() -> {
          DeadlineTimer own = self.get();
          if (++runs[0] == 1 && own != null) {
            own.set(System.nanoTime());
          } else {
            ran.complete(runs[0]);
          }
        });
    self.set(timer);
    timer.set(System.nanoTime());
    assertThat(ran.get()).isEqualTo(2);
    timer.stop();
  }

  private static DeadlineTimer started(Runnable task) {
    DeadlineTimer timer = new DeadlineTimer("test-timer", task);
    timer.start();
    return timer;
  }
}
