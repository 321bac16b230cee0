package io.picomux.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class BackoffTest {

  /** Draws the lowest number of each range: the delay at its bound. */
  private static final RandomGenerator LOWEST = constant(0.0);

  /** Draws the highest number of each range: the delay at half its bound. */
  private static final RandomGenerator HIGHEST = constant(1.0);

  @Test
  void boundsDoubleUpToTheLongest() {
    Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(1), LOWEST);
    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(200));
    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(400));
    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(800));
    assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(1));
    assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void neverLessThanHalfTheBound() {
    Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(1), HIGHEST);
    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(100));
    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void beginsAnewAfterReset() {
    Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(1), LOWEST);
    backoff.next();
    backoff.next();
    backoff.reset();
    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void refusesDelaysThatAreNone() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1), LOWEST));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1), LOWEST));
  }

  private static RandomGenerator constant(double share) {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        throw new UnsupportedOperationException();
      }

      @Override
      public long nextLong(long bound) {
        return Math.min(bound - 1, (long) (share * bound));
      }
    };
  }
}
