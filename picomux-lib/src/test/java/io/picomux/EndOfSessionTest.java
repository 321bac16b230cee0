package io.picomux;

import static io.picomux.Conditions.until;
import static io.picomux.Throwing.failsSession;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.core.Command;
import io.picomux.core.FinMode;
import io.picomux.core.FrameEncoder;
import io.picomux.core.LivenessConfig;
import io.picomux.core.MuxLimits;
import io.picomux.core.SessionEnd;
import io.picomux.core.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How sessions end, and what those who use them are told. */
@Timeout(60)
class EndOfSessionTest {
  private static final int STREAM = 7;
  private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** The only PINGs after the first are those that waits bring about. */
  private static final LivenessConfig ASKS_WHO_WAITS_SOON =
      LivenessConfig.of(Duration.ofHours(1), Duration.ofSeconds(30), Duration.ofMillis(50));

  @ParameterizedTest
  @EnumSource
  void anEndInsideAFrameIsATruncation(SessionPair.Kind kind) throws Exception {
    try (RawPeer peer = RawPeer.of(kind)) {
      peer.send(Command.SYN, STREAM);
      MuxStream stream = peer.mux().accept();
      byte[] frame = FrameEncoder.encode(Command.PSH, STREAM, new byte[100]);
      peer.sendRaw(Arrays.copyOf(frame, 50));
      until(() -> stream.stats().unreadBytes() == 42);
      peer.endOutput();
      assertThat(stream.inputStream().readNBytes(42)).hasSize(42);
      failsSession(() -> stream.inputStream().read(), SessionEnd.TRUNCATED);
      failsSession(() -> peer.mux().accept(), SessionEnd.TRUNCATED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEndInsideAHeaderIsATruncationAlsoWithoutStreams(SessionPair.Kind kind) throws Exception {
    try (RawPeer peer = RawPeer.of(kind)) {
      peer.sendRaw(new byte[] {1, 3});
      peer.endOutput();
      assertThat(peer.mux().onTermination().get().reason()).isEqualTo(SessionEnd.TRUNCATED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEndBetweenFramesWithAnOpenStreamIsATruncation(SessionPair.Kind kind) throws Exception {
    try (RawPeer peer = RawPeer.of(kind)) {
      peer.send(Command.SYN, STREAM);
      peer.send(Command.PSH, STREAM, "data".getBytes(UTF_8));
      MuxStream stream = peer.mux().accept();
      peer.endOutput();
      assertThat(stream.inputStream().readNBytes(4)).asString().isEqualTo("data");
      failsSession(() -> stream.inputStream().read(), SessionEnd.TRUNCATED);
      failsSession(() -> stream.write(new byte[1], 0, 1), SessionEnd.TRUNCATED);
      failsSession(() -> peer.mux().open(new byte[0]), SessionEnd.TRUNCATED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEndWithBytesOfOursOnTheWayIsATruncation(SessionPair.Kind kind) throws Exception {
    PicoMuxBuilder settings = PicoMux.builder().finMode(FinMode.HALF_CLOSE);
    try (RawPeer peer = RawPeer.of(kind, settings)) {
      peer.send(Command.SYN, STREAM);
      MuxStream stream = peer.mux().accept();
      peer.send(Command.FIN, STREAM);
      assertThat(stream.inputStream().read()).isEqualTo(-1);
      Background<?> write =
          Background.start(() -> {
            stream.write(new byte[1_000_000], 0, 1_000_000);
            return null;
          });
      until(() -> stream.stats().queuedBytes() > 0);
      peer.disconnect();
      assertThatThrownBy(write::get).isInstanceOf(SessionException.class);
      assertThat(peer.mux().onTermination().get().reason())
          .isIn(SessionEnd.TRUNCATED, SessionEnd.TRANSPORT_FAILED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEndWithoutStreamsIsThePeersClose(SessionPair.Kind kind) throws Exception {
    try (RawPeer peer = RawPeer.of(kind)) {
      peer.send(Command.SYN, STREAM);
      peer.send(Command.PSH, STREAM, "all".getBytes(UTF_8));
      peer.send(Command.FIN, STREAM);
      MuxStream stream = peer.mux().accept();
      until(() -> stream.stats().unreadBytes() == 3);
      peer.endOutput();
      assertThat(peer.mux().onTermination().get().reason()).isEqualTo(SessionEnd.PEER_CLOSED);
      assertThat(stream.inputStream().readAllBytes()).asString().isEqualTo("all");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aViolationEndsTheSessionWithItsName(SessionPair.Kind kind) throws Exception {
    try (RawPeer peer = RawPeer.of(kind)) {
      MuxStream stream = peer.mux().open(new byte[0]);
      Background<Integer> read = Background.start(() -> stream.inputStream().read());
      peer.send(Command.MORE, stream.id(), new byte[3]);
      assertThatThrownBy(read::get)
          .isInstanceOfSatisfying(
              SessionException.class,
              e -> {
                assertThat(e.reason()).isEqualTo(SessionEnd.PROTOCOL_VIOLATION);
                assertThat(e.violation()).contains(Violation.BAD_MORE_LENGTH);
                assertThat(e).hasMessageContaining("MORE body is 3 bytes, must be 2");
              });
    }
  }

  @ParameterizedTest
  @EnumSource
  void dataBeforeAViolationIsDelivered(SessionPair.Kind kind) throws Exception {
    try (RawPeer peer = RawPeer.of(kind)) {
      peer.send(Command.SYN, STREAM);
      MuxStream stream = peer.mux().accept();
      byte[] data = FrameEncoder.encode(Command.PSH, STREAM, "data".getBytes(UTF_8));
      byte[] both = Arrays.copyOf(data, data.length + 8);
      both[data.length] = 2;
      peer.sendRaw(both);
      assertThat(stream.inputStream().readNBytes(4)).asString().isEqualTo("data");
      failsSession(() -> stream.inputStream().read(), SessionEnd.PROTOCOL_VIOLATION);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSilentPeerTimesOut(SessionPair.Kind kind) throws Exception {
    LivenessConfig liveness = new LivenessConfig(SHORT_NANOS, SHORT_NANOS, SHORT_NANOS);
    try (RawPeer peer = RawPeer.of(kind, PicoMux.builder().liveness(liveness))) {
      MuxStream stream = peer.mux().open(new byte[0]);
      failsSession(() -> stream.inputStream().read(), SessionEnd.TIMED_OUT);
      assertThat(peer.mux().onTermination().get()).hasMessageContaining("timed out");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSilentPeerTimesOutAlsoWhileTheTransportIsStuck(SessionPair.Kind kind) throws Exception {
    try (RawPeer peer = RawPeer.of(kind)) {
      MuxStream stream = peer.mux().open(new byte[0]);
      peer.sendMore(stream.id(), 60_000);
      Background<?> write =
          Background.start(() -> {
            stream.write(new byte[64 << 20], 0, 64 << 20);
            return null;
          });
      until(() -> stream.stats().waitsFor() == StreamStats.WaitsFor.TRANSPORT);
      peer.mux().setLiveness(new LivenessConfig(SHORT_NANOS, SHORT_NANOS, SHORT_NANOS));
      failsSession(write::get, SessionEnd.TIMED_OUT);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPeerThatAnswersStaysAlive(SessionPair.Kind kind) throws Exception {
    long interval = TimeUnit.MILLISECONDS.toNanos(20);
    LivenessConfig liveness = new LivenessConfig(interval, TimeUnit.SECONDS.toNanos(20), interval);
    try (RawPeer peer = RawPeer.of(kind, PicoMux.builder().liveness(liveness))) {
      for (int i = 0; i < 10; i++) {
        peer.next(Command.PING);
        peer.send(Command.PONG, 0);
      }
      assertThat(peer.mux().isAlive()).isTrue();
      until(() -> peer.mux().lastLatency().isPresent());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aReaderThatWaitsLongAsksForASignOfLife(SessionPair.Kind kind) throws Exception {
    try (RawPeer peer = RawPeer.of(kind, PicoMux.builder().liveness(ASKS_WHO_WAITS_SOON))) {
      peer.send(Command.SYN, STREAM);
      MuxStream stream = peer.mux().accept();
      peer.next(Command.PING);
      peer.send(Command.PONG, 0);
      until(() -> peer.mux().lastLatency().isPresent());
      Background<Integer> read = Background.start(() -> stream.inputStream().read());
      peer.next(Command.PING);
      peer.send(Command.PONG, 0);
      peer.next(Command.PING);
      peer.send(Command.PSH, STREAM, new byte[] {9});
      assertThat(read.get()).isEqualTo(9);
    }
  }

  /** While nobody waits nobody watches, and the next wait is watched again. */
  @ParameterizedTest
  @EnumSource
  void aWaitAfterAQuietTimeAsksForASignOfLifeAgain(SessionPair.Kind kind) throws Exception {
    try (RawPeer peer = RawPeer.of(kind, PicoMux.builder().liveness(ASKS_WHO_WAITS_SOON))) {
      peer.send(Command.SYN, STREAM);
      MuxStream stream = peer.mux().accept();
      peer.next(Command.PING);
      peer.send(Command.PONG, 0);
      for (byte i = 0; i < 3; i++) {
        Background<Integer> read = Background.start(() -> stream.inputStream().read());
        peer.next(Command.PING);
        peer.send(Command.PONG, 0);
        peer.send(Command.PSH, STREAM, new byte[] {i});
        assertThat(read.get()).isEqualTo(i);
        until(() -> !stream.input().session.waitWatch().isArmed());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAcceptThatWaitsLongAsksForASignOfLife(SessionPair.Kind kind) throws Exception {
    try (RawPeer peer = RawPeer.of(kind, PicoMux.builder().liveness(ASKS_WHO_WAITS_SOON))) {
      peer.next(Command.PING);
      peer.send(Command.PONG, 0);
      Background<MuxStream> accept = Background.start(() -> peer.mux().accept());
      peer.next(Command.PING);
      peer.send(Command.SYN, STREAM);
      assertThat(accept.get().id()).isEqualTo(STREAM);
    }
  }

  @ParameterizedTest
  @EnumSource
  void setLivenessTellsThePeerAtOnce(SessionPair.Kind kind) throws Exception {
    try (RawPeer peer = RawPeer.of(kind)) {
      peer.next(Command.PING);
      peer.send(Command.PONG, 0);
      peer.mux()
          .setLiveness(
              LivenessConfig.of(
                  Duration.ofMillis(123_456), Duration.ofSeconds(30), Duration.ofSeconds(15)));
      RawPeer.Frame ping = peer.next(Command.PING);
      assertThat(new String(ping.body().array(), UTF_8)).contains("123456");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCloseInOrderAnswersNothingAfterTheEndOfItsOutput(SessionPair.Kind kind) throws Exception {
    PicoMuxBuilder settings = PicoMux.builder().finMode(FinMode.HALF_CLOSE);
    try (RawPeer peer = RawPeer.of(kind, settings)) {
      MuxStream stream = peer.mux().open(new byte[0]);
      stream.write(new byte[] {1, 2, 3}, 0, 3);
      Background<?> closing =
          Background.start(() -> {
            peer.mux().close();
            return null;
          });
      peer.readToEnd();
      for (int i = 0; i < 500; i++) {
        peer.send(Command.PING, 0, "{\"next_ping_in_ms\":1000}".getBytes(UTF_8));
        peer.send(Command.SYN, i);
        peer.send(Command.PSH, stream.id(), new byte[1]);
      }
      assertThat(closing.isDone()).isFalse();
      peer.endOutput();
      closing.get();
      assertThat(peer.mux().onTermination().get().reason()).isEqualTo(SessionEnd.CLOSED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void bytesWrittenBeforeCloseArriveBeforeTheEnd(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      int count = 20;
      int size = 200_000;
      List<MuxStream> streams = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        streams.add(pair.client().open(new byte[0]));
      }
      List<Background<Integer>> readers = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        MuxStream far = pair.server().accept();
        readers.add(Background.start(() -> far.inputStream().readAllBytes().length));
      }
      for (MuxStream near : streams) {
        near.write(new byte[size], 0, size);
      }
      pair.client().close();
      for (Background<Integer> reader : readers) {
        assertThat(reader.get()).isEqualTo(size);
      }
      assertThat(pair.client().onTermination().get().undeliveredBytes()).isZero();
      assertThat(pair.client().stats().queuedBytes()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatACloseCouldNotDeliverIsCounted(SessionPair.Kind kind) throws Exception {
    MuxLimits limits = MuxLimits.builder().closeLingerNanos(SHORT_NANOS).build();
    try (RawPeer peer = RawPeer.of(kind, PicoMux.builder().limits(limits))) {
      MuxStream stream = peer.mux().open(new byte[0]);
      stream.write(new byte[200_000], 0, 200_000);
      stream.close();
      until(() -> peer.mux().stats().undeliveredBytes() == 200_000 - 10 * 8192);
      peer.endOutput();
      assertThat(peer.mux().onTermination().get().undeliveredBytes())
          .isEqualTo(200_000 - 10 * 8192);
      assertThat(peer.mux().stats().queuedBytes()).isZero();
    }
  }

  /** Whoever writes no more and then closes makes no call that could tell of it. */
  @ParameterizedTest
  @EnumSource
  void whatIsDroppedWithAStreamThatNobodyHasClosedIsCounted(SessionPair.Kind kind)
      throws Exception {
    try (RawPeer peer = RawPeer.of(kind, PicoMux.builder())) {
      MuxStream stream = peer.mux().open(new byte[0]);
      stream.write(new byte[200_000], 0, 200_000);
      until(() -> stream.stats().sendCreditFrames() == 0);
      peer.endOutput();
      assertThat(peer.mux().onTermination().get().undeliveredBytes())
          .isEqualTo(200_000 - 10 * 8192);
    }
  }

  @ParameterizedTest
  @EnumSource
  void closeDoesNotWaitForeverForAPeerThatGrantsNothing(SessionPair.Kind kind) throws Exception {
    MuxLimits limits = MuxLimits.builder().closeLingerNanos(SHORT_NANOS).build();
    try (RawPeer peer = RawPeer.of(kind, PicoMux.builder().limits(limits))) {
      MuxStream stream = peer.mux().open(new byte[0]);
      stream.write(new byte[200_000], 0, 200_000);
      Background<?> closing =
          Background.start(() -> {
            peer.mux().close();
            return null;
          });
      until(() -> peer.mux().stats().undeliveredBytes() > 0);
      peer.endOutput();
      closing.get();
      assertThat(peer.mux().isAlive()).isFalse();
      assertThat(peer.mux().onTermination().get().undeliveredBytes()).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource
  void afterCloseNothingCanBeOpenedOrAccepted(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      pair.client().open(new byte[0]);
      until(() -> pair.server().stats().core().waitingStreams() == 1);
      pair.server().close();
      failsSession(() -> pair.server().accept(), SessionEnd.CLOSED);
      failsSession(() -> pair.server().open(new byte[0]), SessionEnd.CLOSED);
      failsSession(() -> pair.server().ping(Duration.ofSeconds(1)), SessionEnd.CLOSED);
      pair.server().close();
    }
  }

  @Test
  void theFirstCauseWins() throws Exception {
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL)) {
      CompletableFuture<SessionException> before = peer.mux().onTermination();
      peer.mux().abort();
      peer.mux().close();
      peer.mux().awaitTermination();
      assertThat(peer.mux().awaitTermination(Duration.ZERO)).isTrue();
      assertThat(before.get().reason()).isEqualTo(SessionEnd.ABORTED);
      assertThat(peer.mux().onTermination().get().reason()).isEqualTo(SessionEnd.ABORTED);
      failsSession(() -> peer.mux().accept(), SessionEnd.ABORTED);
    }
  }

  @Test
  void aCallerCannotCompleteTheTerminationOfOthers() throws Exception {
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL)) {
      peer.mux().onTermination().cancel(true);
      assertThat(peer.mux().onTermination()).isNotDone();
      assertThat(peer.mux().awaitTermination(Duration.ZERO)).isFalse();
    }
  }

  @Test
  void aProgramThatAsksForTheTerminationAllTheTimeKeepsNothingForIt() throws Exception {
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL)) {
      CompletableFuture<SessionException> termination = peer.mux().onTermination();
      for (int i = 0; i < 100; i++) {
        assertThat(peer.mux().onTermination()).isSameAs(termination).isNotDone();
        assertThatThrownBy(() -> termination.get(1, TimeUnit.NANOSECONDS))
            .isInstanceOf(TimeoutException.class);
      }
      assertThat(termination.getNumberOfDependents()).isZero();
    }
  }

  @Test
  void noWayToCompleteAFutureCompletesTheTermination() throws Exception {
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL)) {
      CompletableFuture<SessionException> termination = peer.mux().onTermination();
      SessionException made = new SessionException(SessionEnd.CLOSED, "made up", null);
      assertThat(termination.complete(made)).isFalse();
      assertThat(termination.completeExceptionally(made)).isFalse();
      assertThat(termination.cancel(true)).isFalse();
      assertThatThrownBy(() -> termination.obtrudeValue(made))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThatThrownBy(() -> termination.obtrudeException(made))
          .isInstanceOf(UnsupportedOperationException.class);
      // These give each caller a future of its own.
      assertThat(termination.completeAsync(() -> made, Runnable::run)).isCompletedWithValue(made);
      assertThat(termination.completeAsync(() -> made).get()).isSameAs(made);
      assertThat(termination.completeOnTimeout(made, 1, TimeUnit.NANOSECONDS).get()).isSameAs(made);
      assertThatThrownBy(() -> termination.orTimeout(1, TimeUnit.NANOSECONDS).get())
          .hasCauseInstanceOf(TimeoutException.class);
      assertThat(termination).isNotDone();
      peer.mux().abort();
      assertThat(termination.get().reason()).isEqualTo(SessionEnd.ABORTED);
    }
  }

  @Test
  void onlyTheCloserOfASessionIsHeldUpByItsPeer() throws Exception {
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL)) {
      MuxStream stream = peer.mux().open(new byte[0]);
      stream.write(new byte[200_000], 0, 200_000);
      Background<?> closing =
          Background.start(
                  () -> {
                    peer.mux().close();
                    return null;
                  })
              .awaitWaiting();
      stream.close();
      assertThat(closing.isDone()).isFalse();
      peer.mux().abort();
      closing.get();
    }
  }
}
