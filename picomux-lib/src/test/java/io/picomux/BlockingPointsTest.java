package io.picomux;

import static io.picomux.Conditions.until;
import static io.picomux.Throwing.failsSession;
import static io.picomux.Throwing.failsStream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.core.Command;
import io.picomux.core.MuxLimits;
import io.picomux.core.SessionEnd;
import io.picomux.core.StreamFailure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Close, interrupt, timeout and the peer's death at every point where a call waits. */
@Timeout(60)
class BlockingPointsTest {
  private static final int LARGE_BYTES = 64 << 20;
  private static final int MOST_CREDIT_FRAMES = 60_000;
  private static final Duration SHORT = Duration.ofMillis(30);

  /** A peer that grants and answers nothing of itself, and the call that waits for it. */
  enum Point {
    READ {
      @Override
      Callable<?> prepare(Scene scene) throws IOException {
        return () -> scene.stream.read(new byte[10], 0, 10);
      }
    },
    SECOND_READER {
      @Override
      Callable<?> prepare(Scene scene) throws IOException {
        scene.blocked.add(Background.start(() -> scene.stream.read(new byte[10], 0, 10)));
        scene.blocked.get(0).awaitWaiting();
        return () -> scene.stream.read(new byte[10], 0, 10);
      }
    },
    WRITE_WITHOUT_CREDIT {
      @Override
      Callable<?> prepare(Scene scene) {
        return () -> {
          scene.stream.write(new byte[1 << 20], 0, 1 << 20);
          return null;
        };
      }
    },
    SMALL_WRITE_TO_A_FULL_QUEUE {
      @Override
      Callable<?> prepare(Scene scene) throws IOException {
        fillQueue(scene.stream);
        return () -> {
          scene.stream.write(new byte[1], 0, 1);
          return null;
        };
      }
    },
    WRITE_TO_A_FULL_TRANSPORT {
      @Override
      Callable<?> prepare(Scene scene) throws IOException {
        scene.peer.sendMore(scene.stream.id(), MOST_CREDIT_FRAMES);
        until(() -> scene.stream.stats().sendCreditFrames() > 1000);
        byte[] large = new byte[LARGE_BYTES];
        return () -> {
          scene.stream.write(large, 0, large.length);
          return null;
        };
      }
    },
    ACCEPT {
      @Override
      Callable<?> prepare(Scene scene) {
        return () -> scene.mux().accept();
      }
    },
    OPEN_WITH_A_FULL_QUEUE {
      @Override
      Callable<?> prepare(Scene scene) throws IOException {
        fillQueue(scene.stream);
        return () -> scene.mux().open(new byte[3]);
      }
    },
    PING {
      @Override
      Callable<?> prepare(Scene scene) {
        return () -> scene.mux().ping(Duration.ofDays(1));
      }
    },
    CLOSE {
      @Override
      Callable<?> prepare(Scene scene) throws IOException {
        fillQueue(scene.stream);
        return () -> {
          scene.mux().close();
          return null;
        };
      }
    };

    abstract Callable<?> prepare(Scene scene) throws IOException;

    /** Whether the call is one on a stream. */
    boolean ofStream() {
      return switch (this) {
        case READ,
            SECOND_READER,
            WRITE_WITHOUT_CREDIT,
            SMALL_WRITE_TO_A_FULL_QUEUE,
            WRITE_TO_A_FULL_TRANSPORT ->
            true;
        case ACCEPT, OPEN_WITH_A_FULL_QUEUE, PING, CLOSE -> false;
      };
    }
  }

  record Case(SessionPair.Kind kind, Point point, boolean virtual) {}

  static List<Case> everyPoint() {
    List<Case> cases = new ArrayList<>();
    for (SessionPair.Kind kind : SessionPair.Kind.values()) {
      for (Point point : Point.values()) {
        cases.add(new Case(kind, point, true));
        cases.add(new Case(kind, point, false));
      }
    }
    return cases;
  }

  static List<Case> everyPointOnce() {
    return everyPoint().stream().filter(Case::virtual).toList();
  }

  static List<Case> everyPointOfAStream() {
    return everyPointOnce().stream().filter(each -> each.point.ofStream()).toList();
  }

  static final class Scene implements AutoCloseable {
    final RawPeer peer;
    final MuxStream stream;
    final List<Background<?>> blocked = new ArrayList<>();

    Scene(SessionPair.Kind kind) throws IOException {
      MuxLimits limits = MuxLimits.builder().sessionQueueBytes(65_535).build();
      peer = RawPeer.of(kind, PicoMux.builder().limits(limits));
      stream = mux().open(new byte[0]);
    }

    PicoMux mux() {
      return peer.mux();
    }

    @Override
    public void close() throws IOException {
      peer.close();
    }
  }

  @ParameterizedTest
  @MethodSource("everyPoint")
  void anInterruptEndsTheWaitAndNothingElse(Case point) throws Exception {
    try (Scene scene = new Scene(point.kind)) {
      Background<?> call = Background.start(point.point.prepare(scene), point.virtual);
      call.awaitWaiting().interrupt();
      if (point.point == Point.CLOSE) {
        call.get();
        assertThat(scene.mux().isAlive()).isFalse();
      } else {
        assertThatThrownBy(call::get).isExactlyInstanceOf(InterruptedIOException.class);
        assertThat(scene.mux().isAlive()).isTrue();
        assertThat(scene.stream.isOpen()).isTrue();
      }
      assertThat(call.wasInterruptedAtEnd()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("everyPointOnce")
  void anAbortOfTheSessionEndsTheWait(Case point) throws Exception {
    try (Scene scene = new Scene(point.kind)) {
      Background<?> call = Background.start(point.point.prepare(scene)).awaitWaiting();
      scene.mux().abort();
      if (point.point == Point.CLOSE) {
        call.get();
      } else {
        failsSession(call::get, SessionEnd.ABORTED);
      }
      assertThat(scene.mux().onTermination().get().reason()).isEqualTo(SessionEnd.ABORTED);
    }
  }

  @ParameterizedTest
  @MethodSource("everyPointOnce")
  void aCloseOfTheSessionEndsTheWaitWithoutDelivery(Case point) throws Exception {
    try (Scene scene = new Scene(point.kind)) {
      Background<?> call = Background.start(point.point.prepare(scene)).awaitWaiting();
      Background<?> closing =
          Background.start(() -> {
            scene.mux().close();
            return null;
          });
      if (point.point == Point.CLOSE || point.point == Point.PING) {
        closing.awaitWaiting().interrupt();
      }
      switch (point.point) {
        case CLOSE -> call.get();
        case PING, ACCEPT, OPEN_WITH_A_FULL_QUEUE -> {
          if (point.point == Point.OPEN_WITH_A_FULL_QUEUE) {
            closing.awaitWaiting().interrupt();
          }
          failsSession(call::get, SessionEnd.CLOSED);
        }
        default ->
            assertThatThrownBy(call::get)
                .isInstanceOfAny(StreamException.class, SessionException.class);
      }
      scene.mux().abort();
      closing.get();
    }
  }

  @ParameterizedTest
  @MethodSource("everyPointOnce")
  void thePeersDeathEndsTheWait(Case point) throws Exception {
    try (Scene scene = new Scene(point.kind)) {
      Background<?> call = Background.start(point.point.prepare(scene)).awaitWaiting();
      scene.peer.disconnect();
      if (point.point == Point.CLOSE) {
        call.get();
      } else {
        assertThatThrownBy(call::get)
            .isInstanceOfSatisfying(
                SessionException.class,
                e ->
                    assertThat(e.reason()).isIn(SessionEnd.TRUNCATED, SessionEnd.TRANSPORT_FAILED));
      }
      scene.mux().awaitTermination();
    }
  }

  @ParameterizedTest
  @MethodSource("everyPointOfAStream")
  void aCloseOfTheStreamEndsTheWait(Case point) throws Exception {
    try (Scene scene = new Scene(point.kind)) {
      Background<?> call = Background.start(point.point.prepare(scene)).awaitWaiting();
      scene.stream.close();
      failsStream(call::get, StreamFailure.CLOSED);
      assertThat(scene.mux().isAlive()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("everyPointOfAStream")
  void aResetOfTheStreamEndsTheWait(Case point) throws Exception {
    try (Scene scene = new Scene(point.kind)) {
      Background<?> call = Background.start(point.point.prepare(scene)).awaitWaiting();
      scene.stream.reset();
      failsStream(call::get, StreamFailure.CLOSED);
      until(() -> scene.mux().stats().queuedBytes() == 0);
    }
  }

  @ParameterizedTest
  @MethodSource("everyPointOfAStream")
  void aTimeoutEndsTheWaitAndTheStreamGoesOn(Case point) throws Exception {
    try (Scene scene = new Scene(point.kind)) {
      Callable<?> call = point.point.prepare(scene);
      scene.stream.setReadTimeout(SHORT);
      scene.stream.setWriteTimeout(SHORT);
      assertThatThrownBy(call::call).isExactlyInstanceOf(SocketTimeoutException.class);
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      scene.stream.setReadTimeout(Duration.ZERO);
      if (point.point != Point.SECOND_READER) {
        scene.peer.send(Command.PSH, scene.stream.id(), new byte[] {42});
        assertThat(scene.stream.inputStream().read()).isEqualTo(42);
      }
      assertThat(scene.mux().isAlive()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void acceptOpenAndPingTimeOut(SessionPair.Kind kind) throws Exception {
    try (Scene scene = new Scene(kind)) {
      assertThatThrownBy(() -> scene.mux().accept(SHORT))
          .isExactlyInstanceOf(SocketTimeoutException.class);
      assertThatThrownBy(() -> scene.mux().ping(SHORT))
          .isExactlyInstanceOf(SocketTimeoutException.class);
      fillQueue(scene.stream);
      assertThatThrownBy(() -> scene.mux().open(new byte[1], SHORT))
          .isExactlyInstanceOf(SocketTimeoutException.class);
      assertThat(scene.mux().stats().core().liveStreams()).isEqualTo(1);
      assertThat(scene.mux().isAlive()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWriteEndsWithTheStreamsFailureWhenItsOutputIsShutDown(SessionPair.Kind kind)
      throws Exception {
    try (Scene scene = new Scene(kind)) {
      Background<?> call =
          Background.start(Point.WRITE_WITHOUT_CREDIT.prepare(scene)).awaitWaiting();
      scene.stream.shutdownOutput();
      failsStream(call::get, StreamFailure.CLOSED);
      assertThat(scene.stream.isOutputShutdown()).isTrue();
      scene.peer.send(Command.PSH, scene.stream.id(), new byte[] {42});
      assertThat(scene.stream.inputStream().read()).isEqualTo(42);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptFlagThatIsSetHurtsNoCallThatNeedNotWait(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      Background<Boolean> call =
          Background.start(() -> {
            Thread.currentThread().interrupt();
            MuxStream near = pair.client().open(new byte[0]);
            near.write(new byte[] {1, 2, 3}, 0, 3);
            near.shutdownOutput();
            near.close();
            return Thread.currentThread().isInterrupted();
          });
      assertThat(call.get()).isTrue();
      assertThat(pair.server().accept().inputStream().readAllBytes()).containsExactly(1, 2, 3);
      assertThat(pair.client().isAlive()).isTrue();
    }
  }

  /** Queues what fits on a stream whose peer grants nothing. */
  private static void fillQueue(MuxStream stream) throws IOException {
    until(() -> {
      int accepted = stream.tryWrite(ByteBuffer.allocate(1 << 20));
      return accepted == 0 && stream.stats().sendCreditFrames() == 0;
    });
  }
}
