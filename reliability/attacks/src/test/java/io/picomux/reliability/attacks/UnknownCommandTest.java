package io.picomux.reliability.attacks;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 18: a command that does not exist. */
@Timeout(120)
class UnknownCommandTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void theSessionEndsWithItsCode() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("unknown-command"))) {
      result.assertEnd(
          "command is 0x55, must be 0x0 to 0x4, 0xa0 or 0xa1; the frame names stream 9");
      result.assertMemoryBound();
    }
    scene.assertAsBefore();
  }
}
