package io.picomux.reliability.attacks;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 10: data without credit. */
@Timeout(120)
class WindowOverrunTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void theSessionEndsAndKeepsNothing() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("window-overrun"))) {
      result.assertEnd("a data frame of 8192 bytes came for stream 1, whose credit is 0 frames");
      result.assertMemoryBound();
    }
    scene.assertAsBefore();
  }
}
