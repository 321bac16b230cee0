package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SendWindowTest {

  @Test
  void startsWithTheCratesTenFrames() {
    SendWindow window = new SendWindow();
    for (int left = 10; left > 0; left--) {
      assertThat(window.creditFrames()).isEqualTo(left);
      assertThat(window.isExhausted()).isFalse();
      window.use();
    }
    assertThat(window.isExhausted()).isTrue();
    assertThatIllegalStateException().isThrownBy(window::use).withMessage("no credit left");
    assertThat(window.creditFrames()).isZero();
  }

  @Test
  void creditIsNeverNegativeAndFollowsTheSums() throws Exception {
    Random random = new Random(TestSeed.of("creditIsNeverNegativeAndFollowsTheSums"));
    SendWindow window = new SendWindow();
    long credit = 10;
    for (int i = 0; i < 10_000; i++) {
      if (random.nextInt(10) == 0) {
        int frames = random.nextInt(20);
        window.grant(frames, 1);
        credit += frames;
      } else if (credit > 0) {
        window.use();
        credit--;
      }
      assertThat(window.creditFrames()).isNotNegative().isEqualTo((int) credit);
      assertThat(window.isExhausted()).isEqualTo(credit == 0);
    }
  }

  @Test
  void creditThatNoHonestPeerGrantsIsAViolation() throws Exception {
    SendWindow window = new SendWindow();
    int rest = (1 << 20) - 10;
    while (rest > 0) {
      int frames = Math.min(rest, WireFormat.MAX_MORE_FRAMES);
      window.grant(frames, -1);
      rest -= frames;
    }
    assertThat(window.creditFrames()).isEqualTo(1 << 20);
    assertThatThrownBy(() -> window.grant(7, -1))
        .isInstanceOfSatisfying(
            ProtocolViolationException.class,
            e -> {
              assertThat(e.violation()).isEqualTo(Violation.CREDIT_OVERFLOW);
              assertThat(e.streamId()).isEqualTo(-1);
            })
        .hasMessage(
            "MORE of 7 raises the credit of stream 4294967295 to 1048583 frames, at most 1048576 are allowed");
    assertThat(window.creditFrames()).isEqualTo(1 << 20);
  }
}
