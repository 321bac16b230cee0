package io.picomux.reliability.attacks;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 12: data frames without data. */
@Timeout(120)
class EmptyFramesTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void theSessionEndsAfterAHundredOnAStream() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("empty-frames"))) {
      result.assertEnd(
          "101 empty data frames came on stream 1 within a minute, at most 100 are allowed");
      result.assertMemoryBound();
    }
    scene.assertAsBefore();
  }
}
