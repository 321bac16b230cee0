package io.picomux.reliability.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 6: ever new ids, which a session has to remember for an hour. */
@Timeout(120)
class IdChurnTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void theMemoryOfIdsIsBounded() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("id-churn"))) {
      assertThat(result.session().streamsRefused()).isGreaterThan(100_000);
      result.assertMemoryBound();
    }
    scene.assertAsBefore();
  }
}
