package io.picomux.reliability.attacks;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 13: data frames as large as the wire allows, on streams that nobody reads. */
@Timeout(120)
class JumboFramesTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void aBudgetFullOfThemEndsTheSession() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("jumbo-frames"))) {
      result.assertEnd(
          "data bodies above 8192 bytes on stream \\d+ filled the receive budget: \\d+ of \\d+ bytes");
      // What the streams hold is given back as the application closes them one by one.
    }
    scene.assertAsBefore();
  }
}
