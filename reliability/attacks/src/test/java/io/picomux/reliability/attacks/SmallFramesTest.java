package io.picomux.reliability.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 11: data in pieces of one byte. */
@Timeout(120)
class SmallFramesTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void aFrameCostsLittleMoreThanItsBytes() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("small-frames"))) {
      assertThat(result.session().liveStreams()).isEqualTo(16_000);
      assertThat(result.session().dataBytesReceived()).isEqualTo(160_000);
      result.assertMemoryAccounted();
    }
    scene.assertAsBefore();
  }
}
