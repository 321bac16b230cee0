package io.picomux;

import static io.picomux.Conditions.until;
import static io.picomux.Throwing.failsStream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.core.Command;
import io.picomux.core.FinMode;
import io.picomux.core.FrameEncoder;
import io.picomux.core.MuxLimits;
import io.picomux.core.SessionEnd;
import io.picomux.core.StreamFailure;
import io.picomux.core.Violation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A slow or greedy stream and the others of its session. */
@Timeout(60)
class NeighbourTest {
  private static final long BUDGET_BYTES = 1 << 20;
  private static final int STREAMS = 16;

  @ParameterizedTest
  @EnumSource
  void streamsThatNobodyReadsHoldNobodyUp(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      List<Background<?>> stuck = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        MuxStream near = pair.client().open(new byte[0]);
        stuck.add(
            Background.start(() -> {
              near.write(new byte[1 << 20], 0, 1 << 20);
              return null;
            }));
      }
      List<MuxStream> unread = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        unread.add(pair.server().accept());
      }
      until(() -> unread.stream().allMatch(far -> far.stats().unreadBytes() > 50_000));
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      Background<Integer> read = Background.start(() -> far.inputStream().readAllBytes().length);
      near.write(new byte[5_000_000], 0, 5_000_000);
      near.shutdownOutput();
      assertThat(read.get()).isEqualTo(5_000_000);
      assertThat(stuck.stream().noneMatch(Background::isDone)).isTrue();
      for (MuxStream each : unread) {
        assertThat(each.inputStream().readNBytes(1 << 20)).hasSize(1 << 20);
      }
      for (Background<?> each : stuck) {
        each.get();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whenTheBudgetIsFullTheGreediestStreamEndsAndTheOthersGoOn(SessionPair.Kind kind)
      throws Exception {
    int others = 20;
    int framesOfOthers = 7;
    try (RawPeer peer = RawPeer.of(kind, budget())) {
      peer.send(Command.SYN, 0);
      MuxStream greedy = peer.mux().accept();
      List<MuxStream> streams = new ArrayList<>();
      for (int i = 1; i <= others; i++) {
        peer.send(Command.SYN, i);
        streams.add(peer.mux().accept());
      }
      for (int frame = 0; frame < 10; frame++) {
        peer.send(Command.PSH, 0, new byte[8192]);
      }
      for (int i = 1; i <= others; i++) {
        for (int frame = 0; frame < framesOfOthers; frame++) {
          peer.send(Command.PSH, i, new byte[8192]);
        }
      }
      until(() -> peer.mux().stats().core().budgetKills() > 0);
      failsStream(() -> greedy.inputStream().readAllBytes(), StreamFailure.RECEIVE_BUDGET);
      assertThat(peer.mux().stats().core().unreadBytes()).isLessThanOrEqualTo(BUDGET_BYTES);
      int whole = 0;
      for (MuxStream stream : streams) {
        try {
          assertThat(stream.inputStream().readNBytes(framesOfOthers * 8192))
              .hasSize(framesOfOthers * 8192);
          peer.send(Command.PSH, stream.id(), new byte[] {7});
          assertThat(stream.inputStream().read()).isEqualTo(7);
          whole++;
        } catch (StreamException e) {
          assertThat(e.reason()).isEqualTo(StreamFailure.RECEIVE_BUDGET);
        }
      }
      // What the others have sent exceeds the budget by a few streams at most.
      assertThat(whole).isBetween(12, others);
    }
  }

  @ParameterizedTest
  @EnumSource
  void answersThatNobodyReadsCountAlsoWhenTheirStreamsHaveEnded(SessionPair.Kind kind)
      throws Exception {
    PicoMuxBuilder settings = budget().finMode(FinMode.HALF_CLOSE);
    try (RawPeer peer = RawPeer.of(kind, settings)) {
      List<MuxStream> streams = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        MuxStream stream = peer.mux().open(new byte[0]);
        stream.shutdownOutput();
        streams.add(stream);
      }
      for (int i = 0; i < STREAMS; i++) {
        peer.next(Command.FIN);
      }
      for (MuxStream stream : streams) {
        peer.sendRaw(answer(stream.id()));
      }
      until(() -> peer.mux().stats().core().budgetKills() > 0);
      // All has come, and what was decided about a stream has been carried out.
      until(() ->
          peer.mux().stats().core().budgetKills()
                  + streams.stream().filter(NeighbourTest::isWhole).count()
              == STREAMS);
      assertThat(peer.mux().stats().core().unreadBytes()).isLessThanOrEqualTo(BUDGET_BYTES);
      int whole = 0;
      for (MuxStream stream : streams) {
        try {
          assertThat(stream.inputStream().readAllBytes()).hasSize(10 * 8192);
          whole++;
        } catch (StreamException e) {
          assertThat(e.reason()).isEqualTo(StreamFailure.RECEIVE_BUDGET);
        }
      }
      assertThat(whole).isBetween(8, STREAMS - 1);
      until(() -> peer.mux().stats().core().unreadBytes() == 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBudgetFilledWithOversizedBodiesEndsTheSession(SessionPair.Kind kind) throws Exception {
    try (RawPeer peer = RawPeer.of(kind, budget())) {
      peer.send(Command.SYN, 1);
      peer.send(Command.SYN, 2);
      try {
        for (int i = 0; i < 9; i++) {
          peer.send(Command.PSH, 1, new byte[65_535]);
          peer.send(Command.PSH, 2, new byte[65_535]);
        }
      } catch (IOException e) {
        // The session may be over before all of it is sent.
        assertThat(peer.mux().isAlive()).isFalse();
      }
      SessionException end = peer.mux().onTermination().get();
      assertThat(end.reason()).isEqualTo(SessionEnd.PROTOCOL_VIOLATION);
      assertThat(end.violation()).contains(Violation.OVERSIZED_BODIES);
    }
  }

  @Test
  void aHostileSessionDoesNotHarmAnother() throws Exception {
    try (SessionPair pair = SessionPair.open(SessionPair.Kind.CHANNEL)) {
      for (int i = 0; i < 20; i++) {
        try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL)) {
          peer.sendRaw(new byte[] {9, 9, 9, 9, 9, 9, 9, 9});
          peer.mux().awaitTermination();
        }
      }
      MuxStream near = pair.client().open(new byte[0]);
      near.write(new byte[] {1}, 0, 1);
      assertThat(pair.server().accept().inputStream().read()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void statsSayWhatAStreamWaitsFor(SessionPair.Kind kind) throws Exception {
    try (RawPeer peer = RawPeer.of(kind)) {
      MuxStream stream = peer.mux().open(new byte[0]);
      assertThat(stream.stats())
          .isEqualTo(new StreamStats(0, 0, 0, 0, 10, 10, StreamStats.WaitsFor.NOTHING));
      peer.send(Command.PSH, stream.id(), new byte[100]);
      until(() -> stream.stats().waitsFor() == StreamStats.WaitsFor.LOCAL_READER);
      assertThat(stream.stats().unreadBytes()).isEqualTo(100);
      stream.write(new byte[100_000], 0, 100_000);
      until(() -> stream.stats().sendCreditFrames() == 0);
      until(() -> stream.stats().queuedBytes() == 100_000 - 10 * 8192);
      assertThat(stream.stats().waitsFor()).isEqualTo(StreamStats.WaitsFor.PEER_CREDIT);
      assertThat(peer.mux().stats().queuedBytes())
          .as("in two segments of the largest size")
          .isEqualTo(2 * 16_384);
      assertThat(peer.mux().stats().streams()).hasSize(1);
      peer.sendMore(stream.id(), 60_000);
      Background<?> write =
          Background.start(() -> {
            stream.write(new byte[64 << 20], 0, 64 << 20);
            return null;
          });
      until(() -> stream.stats().waitsFor() == StreamStats.WaitsFor.TRANSPORT);
      peer.mux().abort();
      assertThatThrownBy(write::get).isInstanceOf(SessionException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void debloatCanBeSwitchedWhileDataFlows(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      Background<Integer> read = Background.start(() -> far.inputStream().readAllBytes().length);
      assertThat(pair.server().isDebloat()).isFalse();
      for (int i = 0; i < 20; i++) {
        pair.server().setDebloat(i % 2 == 0);
        assertThat(pair.server().isDebloat()).isEqualTo(i % 2 == 0);
        near.write(new byte[200_000], 0, 200_000);
      }
      near.shutdownOutput();
      assertThat(read.get()).isEqualTo(20 * 200_000);
    }
  }

  private static PicoMuxBuilder budget() {
    return PicoMux.builder().limits(MuxLimits.builder().receiveBudgetBytes(BUDGET_BYTES).build());
  }

  /** Returns ten full frames and the end of a stream as they may come in one read. */
  private static boolean isWhole(MuxStream stream) {
    return stream.stats().unreadBytes() == 10 * 8192;
  }

  private static byte[] answer(int streamId) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < 10; i++) {
      bytes.writeBytes(FrameEncoder.encode(Command.PSH, streamId, new byte[8192]));
    }
    bytes.writeBytes(FrameEncoder.encode(Command.FIN, streamId, new byte[0]));
    return bytes.toByteArray();
  }
}
