package io.picomux.reliability.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 4: more streams than anybody has use for. */
@Timeout(120)
class SynFloodTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void refusalsThatNobodyReadsAreBounded() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("syn-flood"))) {
      result.assertEnd("65537 refused SYNs wait for their FIN, .*; at most 65536 are allowed");
      result.assertMemoryBound();
    }
    scene.assertAsBefore();
  }

  @Test
  void streamsThatTheApplicationKeepsAreBounded() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("syn-hoard"))) {
      assertThat(result.session().inboundStreams()).isEqualTo(16_384);
      assertThat(result.session().liveStreams()).isEqualTo(16_384);
      assertThat(result.session().streamsRefused()).isPositive();
      result.assertMemoryAccounted();
    }
    scene.assertAsBefore();
  }
}
