package io.picomux;

import static io.picomux.Conditions.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.core.Command;
import io.picomux.core.MuxLimits;
import io.picomux.core.SessionEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Accepting and opening, with and without waiting. */
@Timeout(60)
class AcceptQueueTest {
  @ParameterizedTest
  @EnumSource
  void streamsComeInTheOrderInWhichTheyWereOpened(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      for (int i = 0; i < 100; i++) {
        pair.client().open(new byte[] {(byte) i});
      }
      for (int i = 0; i < 100; i++) {
        assertThat(pair.server().accept().metadata()).containsExactly(i);
      }
    }
  }

  @Test
  void aCancelledFutureLosesNoStream() throws Exception {
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL)) {
      CompletableFuture<MuxStream> cancelled = peer.mux().acceptAsync();
      CompletableFuture<MuxStream> next = peer.mux().acceptAsync();
      cancelled.cancel(false);
      peer.send(Command.SYN, 1);
      peer.send(Command.SYN, 2);
      assertThat(next.get().id()).isEqualTo(1);
      assertThat(peer.mux().accept().id()).isEqualTo(2);
    }
  }

  @Test
  void cancellingWhileStreamsComeLosesNone() throws Exception {
    int count = 500;
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL)) {
      Background<?> opening =
          Background.start(() -> {
            for (int i = 0; i < count; i++) {
              peer.send(Command.SYN, i);
            }
            return null;
          });
      List<Integer> accepted = new ArrayList<>();
      while (accepted.size() < count) {
        CompletableFuture<MuxStream> future = peer.mux().acceptAsync();
        if (!future.cancel(false)) {
          accepted.add(future.get().id());
        }
      }
      opening.get();
      assertThat(accepted).doesNotHaveDuplicates().hasSize(count);
    }
  }

  @Test
  void whatNobodyHasAcceptedIsGivenFreeWhenThisSideAborts() throws Exception {
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL)) {
      peer.send(Command.SYN, 1, new byte[1000]);
      peer.send(Command.PSH, 1, new byte[5000]);
      until(() -> peer.mux().stats().core().unreadBytes() > 5000);
      peer.mux().abort();
      until(() -> peer.mux().stats().streams().isEmpty());
      assertThat(peer.mux().stats().core().inboundStreams()).isZero();
    }
  }

  @Test
  void whatComesAtTheMomentAWaitEndsEarlyIsReturned() throws Exception {
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL)) {
      assertThat(peer.mux().await("call", new LateFuture(), 1)).isEqualTo("late");
      Background<String> interrupted =
          Background.start(() -> {
            Thread.currentThread().interrupt();
            return peer.mux().await("call", new LateFuture(), Long.MAX_VALUE);
          });
      assertThat(interrupted.get()).isEqualTo("late");
      assertThat(interrupted.wasInterruptedAtEnd()).isTrue();
    }
  }

  /** A future that completes just before it would be cancelled. */
  private static final class LateFuture extends CompletableFuture<String> {
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      complete("late");
      return super.cancel(mayInterruptIfRunning);
    }
  }

  @Test
  void aWaitThatTimesOutLosesNoStream() throws Exception {
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL)) {
      CompletableFuture<MuxStream> future =
          peer.mux().acceptAsync().orTimeout(1, TimeUnit.MILLISECONDS);
      assertThatThrownBy(future::get).hasCauseInstanceOf(TimeoutException.class);
      peer.send(Command.SYN, 1);
      assertThat(peer.mux().accept().id()).isEqualTo(1);
    }
  }

  @Test
  void aStreamThatHasComeCanBeTakenAfterThePeerHasClosed() throws Exception {
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL)) {
      peer.send(Command.SYN, 1);
      peer.send(Command.PSH, 1, new byte[] {5});
      peer.send(Command.FIN, 1);
      peer.endOutput();
      peer.mux().awaitTermination();
      assertThat(peer.mux().accept().inputStream().readAllBytes()).containsExactly(5);
      Throwing.failsSession(() -> peer.mux().accept(), SessionEnd.PEER_CLOSED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void waitingFuturesFailWithTheSession(SessionPair.Kind kind) throws Exception {
    try (RawPeer peer = RawPeer.of(kind)) {
      CompletableFuture<MuxStream> future = peer.mux().acceptAsync();
      peer.mux().abort();
      assertThatThrownBy(future::get)
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOfSatisfying(
              SessionException.class, e -> assertThat(e.reason()).isEqualTo(SessionEnd.ABORTED));
      assertThat(peer.mux().acceptAsync()).isCompletedExceptionally();
      assertThat(peer.mux().openAsync(new byte[0])).isCompletedExceptionally();
      assertThat(peer.mux().pingAsync()).isCompletedExceptionally();
    }
  }

  @Test
  void openAsyncWaitsForRoomInTheQueueAndCanBeCancelled() throws Exception {
    MuxLimits limits = MuxLimits.builder().sessionQueueBytes(65_535).build();
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL, PicoMux.builder().limits(limits))) {
      MuxStream hog = peer.mux().open(new byte[0]);
      // What the first credit does not cover takes the last of four segments of 16 KiB.
      hog.write(new byte[140_000], 0, 140_000);
      CompletableFuture<MuxStream> cancelled = peer.mux().openAsync(new byte[] {1});
      CompletableFuture<MuxStream> opening = peer.mux().openAsync(new byte[] {2});
      assertThat(cancelled).isNotDone();
      cancelled.cancel(false);
      hog.reset();
      assertThat(opening.get().metadata()).containsExactly(2);
      assertThat(peer.mux().stats().core().streamsOpenedLocally()).isEqualTo(2);
    }
  }

  @Test
  void unsentOpeningsCountAsQueued() throws Exception {
    MuxLimits limits = MuxLimits.builder().sessionQueueBytes(1_000_000).build();
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL, PicoMux.builder().limits(limits))) {
      MuxStream stream = peer.mux().open(new byte[0]);
      peer.sendMore(stream.id(), 60_000);
      Background<?> write =
          Background.start(() -> {
            stream.write(new byte[64 << 20], 0, 64 << 20);
            return null;
          });
      until(() -> stream.stats().waitsFor() == StreamStats.WaitsFor.TRANSPORT);
      byte[] metadata = new byte[65_535];
      // What the kernel takes before its buffers are full, maybe only now, is less than 25 MB.
      CompletableFuture<MuxStream> opening = peer.mux().openAsync(metadata);
      for (int i = 0; i < 400; i++) {
        opening = peer.mux().openAsync(metadata);
      }
      assertThat(opening).isNotDone();
      // At most what fits the limit, the SYN that passed it, and what the writer has queued.
      assertThat(peer.mux().stats().queuedBytes())
          .isLessThanOrEqualTo(1_000_000 + 8 + 65_535 + limits.streamQueueBytes());
      CompletableFuture<MuxStream> waiting = opening;
      peer.mux().abort();
      assertThatThrownBy(write::get).isInstanceOf(SessionException.class);
      assertThatThrownBy(waiting::get).hasCauseInstanceOf(SessionException.class);
      until(() -> peer.mux().stats().queuedBytes() == 0);
    }
  }

  @Test
  void metadataThatIsTooLongIsRefusedAtOnce() throws Exception {
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL)) {
      assertThatThrownBy(() -> peer.mux().open(new byte[65_536]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("65536");
      assertThat(peer.mux().open(new byte[65_535]).metadata()).hasSize(65_535);
    }
  }
}
