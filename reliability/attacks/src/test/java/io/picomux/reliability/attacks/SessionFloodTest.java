package io.picomux.reliability.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.picomux.core.WireFormat;
import io.picomux.reliability.attacks.victim.Figures;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Row 20: more sessions than a server takes, and many that each take what one may. There is no
 * authentication, and so no bound of its own for sessions before it; one that never says a word
 * ends by liveness.
 */
@Timeout(180)
class SessionFloodTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What a server takes by default. */
  private static final int MAX_SESSIONS = 900;

  /** Memory of a session that does nothing; far more than it takes. */
  private static final long IDLE_SESSION_BYTES = 16 << 10;

  private static final int GREEDY_SESSIONS = 300;
  private static final long HEAP_BYTES = 128L << 20;

  /** What a session takes beyond the pool for sending: its floor, the rest of a segment, itself. */
  private static final long SENDING_SESSION_BYTES = 64 << 10;

  @AutoClose private final AttackScene scene = AttackScene.begin();
  private final List<HostilePeer> peers = new ArrayList<>();

  @Test
  void aServerTakesSoManyAndEachCostsLittle() throws Exception {
    try {
      // The neighbour has one.
      for (int i = 0; i < MAX_SESSIONS - 1; i++) {
        connect();
      }
      await()
          .pollInSameThread()
          .atMost(PATIENCE)
          .until(() -> scene.victim().measure().sessions() == MAX_SESSIONS);
      HostilePeer last = connect();
      last.awaitEnd();
      Figures during = scene.neighbour().whileQuiet(scene.victim()::measure);
      print("900 sessions", during);
      assertThat(during.sessions()).isEqualTo(MAX_SESSIONS);
      assertThat(during.heapBytes() - scene.before().heapBytes())
          .isLessThanOrEqualTo(MAX_SESSIONS * IDLE_SESSION_BYTES);
      scene.neighbour().awaitProgress();
    } finally {
      closeAll();
    }
    scene.neighbour().awaitProgress();
    await()
        .pollInSameThread()
        .atMost(PATIENCE)
        .until(() -> scene.victim().measure().sessions() == 1);
  }

  @Test
  void answersThatNobodyReadsAreBoundedForAllSessionsTogether() throws Exception {
    FrameBuffer frames = new FrameBuffer();
    for (int id = 1; id <= 4; id++) {
      frames.syn(id, "push 320000");
    }
    try {
      for (int i = 0; i < GREEDY_SESSIONS; i++) {
        connect().send(frames);
      }
      awaitAccepted(4 * GREEDY_SESSIONS);
      Figures during = scene.neighbour().whileQuiet(scene.victim()::measure);
      print("300 sessions that read nothing", during);
      assertThat(during.sessions()).isEqualTo(GREEDY_SESSIONS + 1);
      assertThat(during.heapBytes() - scene.before().heapBytes())
          .isLessThanOrEqualTo(HEAP_BYTES / 8 + GREEDY_SESSIONS * SENDING_SESSION_BYTES);
      scene.neighbour().awaitProgress();
    } finally {
      closeAll();
    }
    scene.assertAsBefore();
  }

  @Test
  void sessionsThatTakeAllTheyMayBothWaysDoNotUseUpTheHeap() throws Exception {
    FrameBuffer frames = new FrameBuffer();
    for (int id = 1; id <= 4; id++) {
      frames.syn(id, "push 320000");
    }
    for (int id = 5; id <= 10; id++) {
      frames.syn(id, "hold a");
      for (int i = 0; i < WireFormat.INITIAL_WINDOW_FRAMES; i++) {
        frames.data(id, WireFormat.DATA_BODY_BYTES);
      }
    }
    byte[] bytes = frames.toBytes();
    int refused = 0;
    try {
      for (int i = 0; i < GREEDY_SESSIONS; i++) {
        try {
          connect().send(bytes);
        } catch (IOException e) {
          // Refused, or ended because it held most.
          refused++;
        }
      }
      scene.neighbour().awaitProgress();
      Figures during = scene.neighbour().whileQuiet(scene.victim()::measure);
      Map<String, Integer> endings = scene.victim().takeEndings();
      print("300 sessions that take what they may, " + refused + " cut off, " + endings, during);
      assertThat(scene.victim().isAlive()).isTrue();
      assertThat(endings).doesNotContainKey("INTERNAL_ERROR");
      assertThat(during.heapBytes()).isLessThanOrEqualTo(HEAP_BYTES / 8 * 7);
      assertThat(String.join("\n", scene.victim().lastLoggedLines()))
          .doesNotContain("OutOfMemoryError");
      scene.neighbour().awaitProgress();
    } finally {
      closeAll();
    }
    scene.assertAsBefore();
  }

  private HostilePeer connect() throws IOException {
    HostilePeer peer = HostilePeer.connect(scene.victim().muxAddress());
    peers.add(peer);
    return peer;
  }

  private void awaitAccepted(long streams) {
    long before = scene.before().acceptedStreams();
    await()
        .pollInSameThread()
        .atMost(PATIENCE)
        .until(() -> scene.victim().measure().acceptedStreams() - before >= streams);
  }

  private void print(String what, Figures during) {
    System.out.printf(
        "%s: heap %+,d bytes, %s%n", what, during.heapBytes() - scene.before().heapBytes(), during);
  }

  private void closeAll() throws IOException {
    for (HostilePeer peer : peers) {
      peer.close();
    }
  }
}
