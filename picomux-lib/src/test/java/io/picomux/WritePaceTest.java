package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WritePaceTest {
  private static final int BURST_WRITES = 1000;

  /** Before it, so that a clock that passes zero or overflows is met as well. */
  private static final long LONG_MINUTE_NANOS = 100_000_000_000L;

  private int pace = WritePace.NONE;

  @ParameterizedTest
  @ValueSource(longs = {0, 123_456_789_012_345L, -5_000_000, Long.MAX_VALUE - 5_000_000})
  void aThousandQuickWritesAreABurstAndFewerAreNot(long startNanoTime) {
    write(1, startNanoTime - LONG_MINUTE_NANOS, 0);
    write(BURST_WRITES, startNanoTime, 10_000);
    assertThat(WritePace.isBurst(pace)).isFalse();
    write(10, startNanoTime + BURST_WRITES * 10_000L, 10_000);
    assertThat(WritePace.isBurst(pace)).isTrue();
  }

  @Test
  void writesThatWaitForAnswersAreNoBurst() {
    write(100_000, 0, 40_000);
    assertThat(WritePace.isBurst(pace)).isFalse();
  }

  @Test
  void aWriterThatLosesTheProcessorForAMomentGoesOn() {
    write(4 * BURST_WRITES, 0, 1000);
    long later = 4 * BURST_WRITES * 1000 + 5_000_000;
    write(1, later, 0);
    assertThat(WritePace.isBurst(pace)).isTrue();
  }

  @Test
  void whoPausesForLongBeginsAnew() {
    write(4 * BURST_WRITES, 0, 1000);
    write(1, 1_000_000_000, 0);
    assertThat(WritePace.isBurst(pace)).isFalse();
    write(BURST_WRITES / 2, 1_000_000_000, 1000);
    assertThat(WritePace.isBurst(pace)).isFalse();
  }

  /** The count is bounded, so how long a burst was does not matter after it. */
  @Test
  void theLongestBurstIsForgottenWithinAMoment() {
    write(10_000_000, 0, 1000);
    write(1, 10_000_000L * 1000 + 150_000_000, 0);
    assertThat(WritePace.isBurst(pace)).isFalse();
  }

  private void write(int count, long startNanoTime, long gapNanos) {
    for (int i = 0; i < count; i++) {
      pace = WritePace.next(pace, startNanoTime + i * gapNanos);
    }
  }
}
