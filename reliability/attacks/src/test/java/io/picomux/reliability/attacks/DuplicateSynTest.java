package io.picomux.reliability.attacks;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 7: a SYN for a stream that is open. */
@Timeout(120)
class DuplicateSynTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void theSessionEnds() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("duplicate-syn"))) {
      result.assertEnd("SYN for stream 5, which is open");
      result.assertMemoryBound();
    }
    scene.assertAsBefore();
  }
}
