package io.picomux;

import static io.picomux.Conditions.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.Command;
import io.picomux.engine.SharedMemory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions whose process has queued as much for sending as it may. */
@Timeout(60)
class SendPoolTest {
  private long taken;

  /** Other sessions have taken the whole pool. */
  @BeforeEach
  void fillPool() {
    until(() -> ProcessMemory.SHARED.queuedBytes() == 0);
    taken = ProcessMemory.QUEUE_POOL_BYTES;
    ProcessMemory.SHARED.addQueued(taken);
  }

  @AfterEach
  void emptyPool() {
    ProcessMemory.SHARED.addQueued(-taken);
    until(() -> ProcessMemory.SHARED.queuedBytes() == 0);
  }

  /** Another session makes room. */
  private void makeRoom() {
    SendQueueGauge other = new SendQueueGauge(1, ProcessMemory.SHARED);
    other.add(-taken);
    taken = 0;
    other.runWaiting();
  }

  @ParameterizedTest
  @EnumSource
  void writesThatBlockMakeProgressByTheirOwnBuffers(SessionPair.Kind kind) throws Exception {
    int size = 3_000_000;
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      Background<byte[]> read = Background.start(() -> far.inputStream().readAllBytes());
      byte[] bytes = new byte[size];
      for (int i = 0; i < size; i++) {
        bytes[i] = (byte) (i / 1000);
      }
      for (int from = 0; from < size; from += 10_000) {
        near.write(bytes, from, 10_000);
        assertThat(pair.client().stats().queuedBytes())
            .isLessThanOrEqualTo(2 * SharedMemory.QUEUE_FLOOR_BYTES);
      }
      near.shutdownOutput();
      assertThat(read.get()).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSessionMayQueueItsFloorAndNoMore(SessionPair.Kind kind) throws Exception {
    try (RawPeer peer = RawPeer.of(kind)) {
      List<MuxStream> streams = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        streams.add(withoutCredit(peer));
      }
      long accepted = 0;
      for (MuxStream stream : streams) {
        accepted += stream.tryWrite(ByteBuffer.allocate(10_000));
      }
      assertThat(accepted).isPositive();
      assertThat(peer.mux().stats().queuedBytes())
          .as("as allocated, with the rest of a segment")
          .isBetween(accepted, 2 * SharedMemory.QUEUE_FLOOR_BYTES);
      for (MuxStream stream : streams) {
        peer.sendMore(stream.id(), 10);
      }
      until(() -> peer.mux().stats().queuedBytes() == 0);
    }
  }

  @Test
  void writersWithoutCreditWaitForThePoolOnlyAsLongAsItIsFull() throws Exception {
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL)) {
      MuxStream stream = withoutCredit(peer);
      int floor = stream.tryWrite(ByteBuffer.allocate(1 << 20));
      assertThat((long) floor).isEqualTo(SharedMemory.QUEUE_FLOOR_BYTES);
      Background<?> write =
          Background.start(() -> {
            stream.write(new byte[5000], 0, 5000);
            return null;
          });
      write.awaitWaiting();
      Semaphore writable = new Semaphore(0);
      MuxStream second = peer.mux().openAsync(new byte[0]).getNow(null);
      assertThat(second).as("a stream opened while the queue is full").isNull();
      stream.onWritable(writable::release);
      assertThat(writable.availablePermits()).isZero();
      makeRoom();
      write.get();
      writable.acquire();
      assertThat(stream.tryWrite(ByteBuffer.allocate(100))).isEqualTo(100);
      assertThat(stream.stats().queuedBytes()).isEqualTo(floor + 5100);
    }
  }

  @Test
  void whatIsQueuedShowsInTheFiguresOfTheProcessUntilTheSessionEnds() throws Exception {
    makeRoom();
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL)) {
      MuxStream stream = withoutCredit(peer);
      stream.write(new byte[100_000], 0, 100_000);
      ProcessStats stats = PicoMux.processStats();
      assertThat(stats.queuedBytes()).isEqualTo(peer.mux().stats().queuedBytes());
      assertThat(stats.queuedBytes()).isBetween(100_000L, stats.queueLimitBytes());
    }
    until(() -> PicoMux.processStats().queuedBytes() == 0);
  }

  /** Returns a stream whose first credit is used up. */
  private static MuxStream withoutCredit(RawPeer peer) throws Exception {
    MuxStream stream = peer.mux().open(new byte[0]);
    for (int frame = 0; frame < 10; frame++) {
      stream.write(new byte[1], 0, 1);
      peer.next(Command.PSH);
    }
    until(() -> peer.mux().stats().queuedBytes() == 0);
    return stream;
  }
}
