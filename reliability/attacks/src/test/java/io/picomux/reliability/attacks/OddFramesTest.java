package io.picomux.reliability.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 17: frames for streams that are closed or never were. */
@Timeout(120)
class OddFramesTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void streamsThatNeverWereAreNoise() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("odd-frames"))) {
      result.assertEnd(
          "\\d{5} frames without meaning came, the last a .*; at most 10000 at once and 330 per second are allowed");
      result.assertMemoryBound();
    }
    scene.assertAsBefore();
  }

  @Test
  void streamsThatAreClosedCostNothing() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("late-frames"))) {
      assertThat(result.session().lateFrames()).isPositive();
      result.assertMemoryBound();
    }
    scene.assertAsBefore();
  }
}
