package io.picomux.reliability.attacks;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 9: credit in ever smaller pieces. */
@Timeout(120)
class MoreFloodTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void theSessionEndsWhenNothingExplainsThem() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("more-flood"))) {
      result.assertEnd("1011 MORE frames came, the last for stream 1; at most 1010 are explained");
      result.assertMemoryBound();
    }
    scene.assertAsBefore();
  }
}
