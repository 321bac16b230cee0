package io.picomux.reliability.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 2: PINGs whose JSON is nested as deep as a frame allows. */
@Timeout(120)
class JsonBombTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void bracketsToTheEndOfTheFrameAreAViolationAndNothingElse() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("json-bomb"))) {
      result.assertEnd("PING");
      result.assertMemoryBound();
    }
    scene.assertAsBefore();
  }

  @Test
  void aFieldThatIsIgnoredMayBeAsDeepAsItLikes() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("json-maze"))) {
      result.assertMemoryBound();
      assertThat(result.session().liveStreams()).isZero();
    }
    scene.assertAsBefore();
  }
}
