package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PathShareTest {
  @Test
  void theUsualLengthFollowsTheFramesSlowly() {
    PathShare share = new PathShare(8_000);
    assertThat(share.usualBytes()).isEqualTo(8_000);
    share.onFrame(4_000);
    assertThat(share.usualBytes()).isEqualTo(8_000 - 4_000 / 8);
    PathShare other = new PathShare(6_000);
    other.onFrame(8_000);
    assertThat(other.usualBytes()).isEqualTo(6_000 + 2_000 / 8);
  }

  @Test
  void theUsualLengthIsAtLeastHalfOfTheLastAndAByte() {
    PathShare share = new PathShare(0);
    assertThat(share.usualBytes()).isEqualTo(1);
    share.onFrame(0);
    assertThat(share.usualBytes()).isEqualTo(1);
    share.onFrame(8_192);
    assertThat(share.usualBytes()).isEqualTo(4_096);
    assertThat(share.receivedFrames).isEqualTo(2);
  }

  @Test
  void chargesGrowOldAndAreForgotten() {
    PathShare share = new PathShare(100);
    share.moveTo(3);
    share.addYoung(500);
    share.moveTo(3);
    assertThat(share.youngBytes()).isEqualTo(500);
    share.moveTo(4);
    assertThat(share.youngBytes()).isZero();
    assertThat(share.oldBytes()).isEqualTo(500);
    share.addOld(-200);
    assertThat(share.oldBytes()).isEqualTo(300);
    share.moveTo(5);
    assertThat(share.oldBytes()).isZero();
    share.addYoung(7);
    share.moveTo(7);
    assertThat(share.oldBytes()).as("two epochs at once").isZero();
  }
}
