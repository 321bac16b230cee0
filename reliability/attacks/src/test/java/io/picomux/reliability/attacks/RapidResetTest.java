package io.picomux.reliability.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 5: streams that are over as soon as they are open. */
@Timeout(120)
class RapidResetTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void noStreamIsLeftOfAnyNumberOfThem() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("rapid-reset"))) {
      assertThat(result.session().streamsOpenedByPeer()).isGreaterThan(1_000);
      assertThat(result.session().liveStreams()).isLessThan(1_024);
      result.assertMemoryBound();
    }
    scene.assertAsBefore();
  }
}
