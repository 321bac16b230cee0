package io.picomux.reliability.attacks;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 1: PINGs whose PONGs nobody reads. */
@Timeout(120)
class PingFloodTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void owedPongsAreCountedAndTheirNumberIsBounded() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("ping-flood"))) {
      result.assertEnd("65 PINGs wait for their PONG, at most 64 are allowed");
      result.assertMemoryBound();
    }
    scene.assertAsBefore();
  }
}
