package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceiveWindowTest {
  private static final long ROUND_NANOS = 50_000_000L;

  private final ReceiveWindow window = new ReceiveWindow(0);

  @Test
  void thePeerMaySendTenFramesAtTheStart() {
    receive(10);
    assertThat(window.creditFrames()).isZero();
    assertThat(window.unreadFrames()).isEqualTo(10);
    assertThat(window.onFrame()).isFalse();
    assertThat(window.unreadFrames()).as("a refused frame leaves no trace").isEqualTo(10);
  }

  /**
   * MORE(target − window) as soon as window + quantum ≤ target, with credit and unread as window.
   */
  @ParameterizedTest
  @CsvSource({
    // target, frames that came, of which were read, wanted
    "1500, 10, 0, 1490",
    "1500, 10, 10, 1500",
    "1500, 1, 1, 1491",
    "10, 10, 0, 0",
    "10, 1, 1, 1",
    "10, 10, 3, 3",
    "11, 0, 0, 1",
    "100, 10, 10, 100",
    "19, 0, 0, 9",
  })
  void wantsWhatTheTargetLeavesRoomFor(int target, int came, int read, int wanted) {
    receive(came);
    window.onConsumed(read);
    window.setLimit(target);
    assertThat(window.wantedFrames()).isEqualTo(wanted);
  }

  @Test
  void wantsNothingWhileLessThanAQuantumIsMissing() {
    window.setLimit(1500);
    window.grant(1490);
    receive(149);
    window.onConsumed(149);
    assertThat(window.wantedFrames()).isZero();
    receive(1);
    window.onConsumed(1);
    assertThat(window.wantedFrames()).isEqualTo(150);
  }

  @Test
  void aLoweredTargetTakesNothingBack() {
    window.setLimit(1500);
    window.grant(1490);
    window.setLimit(10);
    assertThat(window.creditFrames()).isEqualTo(1500);
    assertThat(window.wantedFrames()).isZero();
  }

  @Test
  void neverMoreIsConsumedThanCame() {
    receive(3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> window.onConsumed(4))
        .withMessage("consumed 4 frames of 3 unread ones");
    assertThatIllegalArgumentException().isThrownBy(() -> window.onConsumed(-1));
  }

  @Test
  void sumsHoldUnderRandomUse() {
    Random random = new Random(TestSeed.of("sumsHoldUnderRandomUse"));
    long now = 0;
    long came = 0;
    long read = 0;
    long granted = 10;
    for (int i = 0; i < 20_000; i++) {
      now += random.nextInt(5_000_000);
      if (window.onFrame()) {
        came++;
      }
      if (random.nextBoolean()) {
        int frames = random.nextInt(window.unreadFrames() + 1);
        window.onConsumed(frames);
        read += frames;
        window.growLimit(now, ROUND_NANOS, 2);
        int wanted = window.wantedFrames();
        window.grant(wanted);
        granted += wanted;
      }
      assertThat(window.creditFrames()).isNotNegative().isEqualTo((int) (granted - came));
      assertThat(window.unreadFrames()).isEqualTo((int) (came - read));
      assertThat(window.creditFrames() + window.unreadFrames())
          .isLessThanOrEqualTo(window.limitFrames());
      assertThat(window.limitFrames()).isBetween(10, 1500);
    }
  }

  @Test
  void growsToTwiceWhatWasTakenInARound() {
    takeAndJudge(30, ROUND_NANOS);
    assertThat(window.limitFrames()).isEqualTo(60);
    takeAndJudge(20, 2 * ROUND_NANOS);
    assertThat(window.limitFrames()).as("never shrinks").isEqualTo(60);
  }

  @Test
  void isJudgedOnlyAtTheEndOfARoundOrOfAWindow() {
    window.grant(100);
    receive(50);
    window.onConsumed(9);
    window.growLimit(ROUND_NANOS - 1, ROUND_NANOS, 2);
    assertThat(window.limitFrames()).as("9 of 10 frames, round not over").isEqualTo(10);
    window.onConsumed(1);
    window.growLimit(ROUND_NANOS - 1, ROUND_NANOS, 2);
    assertThat(window.limitFrames()).as("a whole window was taken").isEqualTo(20);
    window.onConsumed(19);
    window.growLimit(2 * ROUND_NANOS - 1, ROUND_NANOS, 2);
    assertThat(window.limitFrames()).as("the round is over").isEqualTo(38);
  }

  @Test
  void whatWasTakenOverALongTimeCountsPerRound() {
    takeAndJudge(100, 10 * ROUND_NANOS);
    assertThat(window.limitFrames()).isEqualTo(20);
  }

  @Test
  void shortRoundTripsCountAsTenMilliseconds() {
    window.grant(1000);
    receive(1000);
    window.onConsumed(9);
    window.growLimit(ReceiveWindow.MIN_ROUND_NANOS - 1, 1_000, 2);
    assertThat(window.limitFrames()).isEqualTo(10);
    window.growLimit(ReceiveWindow.MIN_ROUND_NANOS, 1_000, 2);
    assertThat(window.limitFrames()).isEqualTo(18);
  }

  @Test
  void growsNoFurtherThanTheCratesTarget() {
    takeAndJudge(2_000_000, ROUND_NANOS);
    assertThat(window.limitFrames()).isEqualTo(1500);
  }

  @ParameterizedTest
  @CsvSource({"10,10,1", "10,0,1", "1500,1500,150", "1500,40,40", "1500,0,1", "100,7,7"})
  void consumedFramesAreReportedSoonerWhenCreditIsShort(int limit, int credit, int threshold) {
    window.setLimit(limit);
    window.grant(Math.max(0, credit - 10));
    receive(window.creditFrames() - credit);
    assertThat(window.reportThresholdFrames()).isEqualTo(threshold);
  }

  private void takeAndJudge(int frames, long nowNanos) {
    window.grant(frames);
    receive(frames);
    window.onConsumed(frames);
    window.growLimit(nowNanos, ROUND_NANOS, 2);
  }

  private void receive(int frames) {
    for (int i = 0; i < frames; i++) {
      assertThat(window.onFrame()).isTrue();
    }
  }
}
