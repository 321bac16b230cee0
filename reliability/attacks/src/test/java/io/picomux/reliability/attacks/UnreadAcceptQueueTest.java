package io.picomux.reliability.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 14: an application that accepts nothing, and metadata of 64 KiB. */
@Timeout(120)
class UnreadAcceptQueueTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void metadataAndEarlyDataCountAgainstTheBudget() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("unread-accept-queue"))) {
      assertThat(result.session().waitingStreams()).isBetween(1, 1024);
      assertThat(result.session().streamsRefused()).isPositive();
      assertThat(result.session().unreadBytes())
          .isLessThanOrEqualTo(result.session().receiveBudgetBytes());
      result.assertMemoryBound();
    }
    scene.assertAsBefore();
  }
}
