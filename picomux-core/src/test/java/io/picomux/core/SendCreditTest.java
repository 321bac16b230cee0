package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SendCreditTest {
  private static final int ID = -1;

  @Test
  void startsWithTheCratesTenFrames() {
    CoreStream stream = new CoreStream(ID, true, new byte[0], null, 0);
    for (int left = 10; left > 0; left--) {
      assertThat(stream.sendCreditFrames()).isEqualTo(left);
      assertThat(stream.lacksSendCredit()).isFalse();
      stream.useSendCredit();
    }
    assertThat(stream.lacksSendCredit()).isTrue();
    assertThatIllegalStateException()
        .isThrownBy(stream::useSendCredit)
        .withMessage("no credit left");
    assertThat(stream.sendCreditFrames()).isZero();
  }

  @Test
  void creditIsNeverNegativeAndFollowsTheSums() throws Exception {
    Random random = new Random(TestSeed.of("creditIsNeverNegativeAndFollowsTheSums"));
    CoreStream stream = new CoreStream(ID, true, new byte[0], null, 0);
    long credit = 10;
    for (int i = 0; i < 10_000; i++) {
      if (random.nextInt(10) == 0) {
        int frames = random.nextInt(20);
        stream.grantSendCredit(frames);
        credit += frames;
      } else if (credit > 0) {
        stream.useSendCredit();
        credit--;
      }
      assertThat(stream.sendCreditFrames()).isNotNegative().isEqualTo((int) credit);
      assertThat(stream.lacksSendCredit()).isEqualTo(credit == 0);
    }
  }

  @Test
  void creditThatNoHonestPeerGrantsIsAViolation() throws Exception {
    CoreStream stream = new CoreStream(ID, true, new byte[0], null, 0);
    int rest = (1 << 20) - 10;
    while (rest > 0) {
      int frames = Math.min(rest, WireFormat.MAX_MORE_FRAMES);
      stream.grantSendCredit(frames);
      rest -= frames;
    }
    assertThat(stream.sendCreditFrames()).isEqualTo(1 << 20);
    assertThatThrownBy(() -> stream.grantSendCredit(7))
        .isInstanceOfSatisfying(
            ProtocolViolationException.class,
            e -> {
              assertThat(e.violation()).isEqualTo(Violation.CREDIT_OVERFLOW);
              assertThat(e.streamId()).isEqualTo(-1);
            })
        .hasMessage(
            "MORE of 7 raises the credit of stream 4294967295 to 1048583 frames, at most 1048576 are allowed");
    assertThat(stream.sendCreditFrames()).isEqualTo(1 << 20);
  }
}
