package io.picomux.reliability.attacks;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 18: a version that does not exist. */
@Timeout(120)
class BadVersionTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void theSessionEndsWithBothNumbers() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("bad-version"))) {
      result.assertEnd("frame version is 2, must be 1; the frame names stream 9");
      result.assertMemoryBound();
    }
    scene.assertAsBefore();
  }
}
