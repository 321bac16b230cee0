package io.picomux.reliability.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.Command;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 4: more streams than anybody has use for. */
@Timeout(120)
class SynFloodTest {
  private static final String ANSWER = "answer";

  /** What such metadata takes, which counts against the receive budget. */
  private static final int METADATA_BYTES = 24;

  /** Streams that are opened before their answers are awaited: fewer than may wait for accept. */
  private static final int OPENED_AT_ONCE = 500;

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

  @Test
  void aStreamThatHasSaidSomethingAndIsSilentKeepsToItsShare() throws Exception {
    try (HostilePeer peer = HostilePeer.connect(scene.victim().muxAddress())) {
      openAnswered(peer, 1, 4_000);
      long fewBytes = scene.neighbour().whileQuiet(scene.victim()::measure).heapBytes();
      openAnswered(peer, 4_001, 16_000);
      long manyBytes = scene.neighbour().whileQuiet(scene.victim()::measure).heapBytes();
      assertThat((manyBytes - fewBytes) / 12_000)
          .as("live heap of one more stream, in bytes")
          .isLessThanOrEqualTo(AttackScene.LIVE_STREAM_BYTES + METADATA_BYTES);
    }
    scene.assertAsBefore();
  }

  /** Opens streams and exchanges a byte on each. */
  private static void openAnswered(HostilePeer peer, int firstId, int lastId) throws Exception {
    peer.readAnswers();
    for (int id = firstId; id <= lastId; id += OPENED_AT_ONCE) {
      long answered = peer.received(Command.PSH);
      FrameBuffer frames = new FrameBuffer();
      for (int i = id; i < id + OPENED_AT_ONCE; i++) {
        frames.syn(i, ANSWER).data(i, 1);
      }
      peer.send(frames);
      peer.awaitReceived(Command.PSH, answered + OPENED_AT_ONCE);
    }
  }
}
