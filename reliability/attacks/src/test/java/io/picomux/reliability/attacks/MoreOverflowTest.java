package io.picomux.reliability.attacks;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 8: more credit than any honest peer gives. */
@Timeout(120)
class MoreOverflowTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void theSessionEnds() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("more-overflow"))) {
      result.assertEnd("stream 1.*1048576");
      result.assertMemoryBound();
    }
    scene.assertAsBefore();
  }
}
