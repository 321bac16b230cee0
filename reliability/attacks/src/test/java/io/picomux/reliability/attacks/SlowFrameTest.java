package io.picomux.reliability.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Row 16: a frame of which a byte comes now and then. A session that has sent nothing at all is
 * bounded by liveness, and in number by what a server allows one address.
 */
@Timeout(120)
class SlowFrameTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void theFrameGoesOnWhereItWasLeft() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("slow-frame"))) {
      result.assertMemoryBound();
      result.peer().send(new byte[1]);
      result.peer().roundTrip();
      assertThat(scene.victim().session(result.peer().localPort())).isNotNull();
    }
    scene.assertAsBefore();
  }
}
