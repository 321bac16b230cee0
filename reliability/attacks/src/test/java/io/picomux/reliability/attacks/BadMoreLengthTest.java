package io.picomux.reliability.attacks;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 18: credit of the wrong size. */
@Timeout(120)
class BadMoreLengthTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void theSessionEndsWithBothNumbers() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("bad-more-length"))) {
      result.assertEnd("MORE body is 3 bytes, must be 2, for stream 9");
      result.assertMemoryBound();
    }
    scene.assertAsBefore();
  }
}
