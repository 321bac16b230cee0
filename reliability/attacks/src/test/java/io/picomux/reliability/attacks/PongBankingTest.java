package io.picomux.reliability.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.Command;
import io.picomux.core.CoreStats;
import java.util.Objects;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 3: PONGs that nobody asked for. */
@Timeout(120)
class PongBankingTest {
  private static final int BANKED = 100;

  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void pongsWithoutAPingAreNoiseAndTooMuchNoiseEndsTheSession() throws Exception {
    try (AttackScene.Result result = scene.play(AttackCatalogue.named("pong-banking"))) {
      // Beyond the 10,000 at once as many as the rate allows while they come; the exact edge is
      // tested in the core, on a clock of its own.
      result.assertEnd(
          "10[0-9]{3} frames without meaning came, the last a PONG for stream 0; at most 10000 at once");
      result.assertMemoryBound();
    }
    scene.assertAsBefore();
  }

  @Test
  void aBankedPongAnswersNoLaterPing() throws Exception {
    try (HostilePeer peer = HostilePeer.connect(scene.victim().muxAddress())) {
      FrameBuffer pongs = new FrameBuffer();
      for (int i = 0; i < BANKED; i++) {
        pongs.frame(Command.PONG, 0);
      }
      // The victim's first PING is answered by the first of them.
      peer.awaitReceived(Command.PING, 1);
      peer.send(pongs);
      peer.roundTrip();
      CoreStats before = Objects.requireNonNull(scene.victim().session(peer.localPort()));
      assertThat(before.unsolicitedPongs()).isEqualTo(BANKED - 1);
      assertThat(scene.victim().ping(peer.localPort(), 200)).contains("SocketTimeoutException");
      peer.awaitReceived(Command.PING, 2);
      peer.send(new FrameBuffer().frame(Command.PONG, 0));
      peer.roundTrip();
      CoreStats after = Objects.requireNonNull(scene.victim().session(peer.localPort()));
      assertThat(after.unsolicitedPongs()).isEqualTo(BANKED - 1);
      assertThat(after.latencyNanos()).isGreaterThan(before.latencyNanos());
    }
    scene.assertAsBefore();
  }
}
