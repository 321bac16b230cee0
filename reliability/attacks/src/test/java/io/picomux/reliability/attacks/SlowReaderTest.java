package io.picomux.reliability.attacks;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 15: a peer that wants much and takes nothing. */
@Timeout(120)
class SlowReaderTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void whatWaitsForTheTransportIsBounded() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("slow-reader"))) {
      result.assertMemoryBound();
    }
    scene.assertAsBefore();
  }

  @Test
  void whatWaitsForCreditIsBounded() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("no-credit"))) {
      result.assertMemoryBound();
    }
    scene.assertAsBefore();
  }
}
