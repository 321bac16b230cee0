package io.picomux;

import static io.picomux.Conditions.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.Command;
import io.picomux.core.MuxLimits;
import io.picomux.core.StreamFailure;
import io.picomux.core.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The calls that do not wait, and the listeners that say when to call them again. */
@Timeout(60)
class NonBlockingTest {
  @ParameterizedTest
  @EnumSource
  void tryReadTellsNothingThenDataThenTheEnd(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      Semaphore readable = new Semaphore(0);
      ByteBuffer target = ByteBuffer.allocate(10);
      far.onReadable(readable::release);
      assertThat(far.tryRead(target)).isZero();
      near.write(new byte[] {1, 2, 3}, 0, 3);
      readable.acquire();
      assertThat(far.tryRead(target)).isEqualTo(3);
      assertThat(far.tryRead(target)).isZero();
      near.shutdownOutput();
      readable.acquire();
      assertThat(far.tryRead(target)).isEqualTo(-1);
      assertThat(far.tryRead(ByteBuffer.allocate(0))).isZero();
      assertThat(readable.availablePermits()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void onReadableIsCalledAtOnceWhenThereIsSomethingAlready(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      near.write(new byte[] {1}, 0, 1);
      MuxStream far = pair.server().accept();
      until(() -> far.stats().unreadBytes() == 1);
      Semaphore readable = new Semaphore(0);
      far.onReadable(readable::release);
      readable.acquire();
      assertThat(far.tryRead(ByteBuffer.allocate(1))).isEqualTo(1);
    }
  }

  /** A buffer without room asks for nothing, and so takes nobody else's turn. */
  @ParameterizedTest
  @EnumSource
  void aReadOfNothingDoesNotKeepTheListenerFromItsTurn(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      Semaphore readable = new Semaphore(0);
      far.onReadable(readable::release);
      assertThat(far.tryRead(ByteBuffer.allocate(1))).isZero();
      assertThat(far.tryRead(ByteBuffer.allocate(0))).isZero();
      near.write(new byte[] {1}, 0, 1);
      readable.acquire();
      assertThat(far.tryRead(ByteBuffer.allocate(1))).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWriteOfNothingDoesNotKeepTheListenerFromItsTurn(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      Semaphore writable = new Semaphore(0);
      near.onWritable(writable::release);
      writable.acquire();
      AtomicInteger accepted = new AtomicInteger();
      until(() -> {
        writable.drainPermits();
        int n = near.tryWrite(ByteBuffer.allocate(1 << 20));
        accepted.addAndGet(n);
        return n == 0;
      });
      assertThat(near.tryWrite(ByteBuffer.allocate(0))).isZero();
      assertThat(far.inputStream().readNBytes(accepted.get())).hasSize(accepted.get());
      writable.acquire();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCloseIsSomethingToSay(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      Semaphore readable = new Semaphore(0);
      near.onReadable(readable::release);
      Semaphore writable = new Semaphore(0);
      while (near.tryWrite(ByteBuffer.allocate(100_000)) > 0) {
        Thread.onSpinWait();
      }
      near.onWritable(writable::release);
      near.close();
      readable.acquire();
      writable.acquire();
      Throwing.failsStream(() -> near.tryRead(ByteBuffer.allocate(1)), StreamFailure.CLOSED);
      Throwing.failsStream(() -> near.tryWrite(ByteBuffer.allocate(1)), StreamFailure.CLOSED);
      pair.client().abort();
    }
  }

  @ParameterizedTest
  @EnumSource
  void tryWriteAndOnWritablePumpEverythingInOrder(SessionPair.Kind kind) throws Exception {
    int size = 5_000_000;
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      ByteBuffer source = ByteBuffer.allocate(size);
      for (int i = 0; i < size; i++) {
        source.put((byte) (i / 1000));
      }
      source.flip();
      AtomicLong accepted = new AtomicLong();
      near.onWritable(() -> {
        try {
          while (source.hasRemaining()) {
            int n = near.tryWrite(source);
            accepted.addAndGet(n);
            if (source.hasRemaining()) {
              return;
            }
          }
          near.shutdownOutput();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
      byte[] got = far.inputStream().readAllBytes();
      assertThat(got).hasSize(size);
      assertThat(accepted.get()).isEqualTo(size);
      for (int i = 0; i < size; i += 997) {
        assertThat(got[i]).isEqualTo((byte) (i / 1000));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void tryWriteTellsWhatItAcceptedThoughItsListenerGoesOnMeanwhile(SessionPair.Kind kind)
      throws Exception {
    int size = 50_000_000;
    PicoMuxBuilder small =
        PicoMux.builder().limits(MuxLimits.builder().streamQueueBytes(16_384).build());
    try (SessionPair pair = SessionPair.open(kind, small, PicoMux.builder())) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      ByteBuffer source = ByteBuffer.allocate(size);
      AtomicLong accepted = new AtomicLong();
      Semaphore done = new Semaphore(0);
      near.onWritable(() -> {
        try {
          // All of the source: the next call may come before this one returns.
          int n = near.tryWrite(source);
          if (accepted.addAndGet(n) >= size) {
            done.release();
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
      far.inputStream().skipNBytes(size);
      done.acquire();
      near.shutdownOutput();
      assertThat(far.inputStream().readAllBytes()).isEmpty();
      assertThat(accepted.get()).isEqualTo(size);
    }
  }

  @Test
  void onWritableComesWhenOtherStreamsHaveFilledTheSessionsQueue() throws Exception {
    MuxLimits limits = MuxLimits.builder().sessionQueueBytes(400_000).build();
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL, PicoMux.builder().limits(limits))) {
      MuxStream firstHog = peer.mux().open(new byte[0]);
      MuxStream secondHog = peer.mux().open(new byte[0]);
      MuxStream third = peer.mux().open(new byte[0]);
      MuxStream fourth = peer.mux().open(new byte[0]);
      until(() -> firstHog.tryWrite(ByteBuffer.allocate(1 << 20)) == 0);
      until(() -> secondHog.tryWrite(ByteBuffer.allocate(1 << 20)) == 0);
      // What their first credit allows leaves the queue; after that nothing does.
      for (int i = 0; i < 2 * WireFormat.INITIAL_WINDOW_FRAMES; i++) {
        peer.next(Command.PSH);
      }
      until(() -> secondHog.tryWrite(ByteBuffer.allocate(1 << 20)) == 0);
      until(() -> firstHog.tryWrite(ByteBuffer.allocate(1 << 20)) == 0);
      Semaphore writable = new Semaphore(0);
      third.onWritable(writable::release);
      fourth.onWritable(writable::release);
      for (int i = 0; i < 1000; i++) {
        assertThat(third.tryWrite(ByteBuffer.allocate(1))).isZero();
        assertThat(fourth.tryWrite(ByteBuffer.allocate(1))).isZero();
      }
      assertThat(writable.availablePermits()).isZero();
      firstHog.reset();
      secondHog.reset();
      writable.acquire(2);
      assertThat(third.tryWrite(ByteBuffer.allocate(1))).isEqualTo(1);
      assertThat(fourth.tryWrite(ByteBuffer.allocate(1))).isEqualTo(1);
    }
  }

  @Test
  void onWritableComesWhenItsOwnQueueHasEmptiedWhileTheSessionsWasFull() throws Exception {
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL)) {
      MuxStream stream = peer.mux().open(new byte[0]);
      Semaphore writable = new Semaphore(0);
      until(() -> stream.tryWrite(ByteBuffer.allocate(1 << 20)) == 0);
      stream.onWritable(writable::release);
      Session session = stream.output().session;
      session.addQueued(MuxLimits.DEFAULT.sessionQueueBytes());
      peer.sendMore(stream.id(), 1000);
      until(() -> stream.stats().queuedBytes() == 0);
      assertThat(writable.availablePermits()).isZero();
      session.addQueued(-MuxLimits.DEFAULT.sessionQueueBytes());
      session.tellWaiting();
      writable.acquire();
    }
  }

  @Test
  void tenThousandIdleStreamsAreServedWithoutThreads() throws Exception {
    int count = 10_000;
    MuxLimits limits =
        MuxLimits.builder().acceptQueueStreams(count).maxInboundStreams(count).build();
    try (SessionPair pair =
        SessionPair.open(
            SessionPair.Kind.CHANNEL, PicoMux.builder(), PicoMux.builder().limits(limits))) {
      AtomicInteger echoed = new AtomicInteger();
      Background<?> accepting =
          Background.start(() -> {
            for (int i = 0; i < count; i++) {
              MuxStream far = pair.server().accept();
              far.onReadable(() -> echo(far, echoed));
            }
            return null;
          });
      List<MuxStream> streams = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        streams.add(pair.client().open(new byte[0]));
      }
      accepting.get();
      int threads = Thread.activeCount();
      AtomicInteger answered = new AtomicInteger();
      for (MuxStream near : streams) {
        near.onReadable(() -> {
          try {
            ByteBuffer target = ByteBuffer.allocate(4);
            if (near.tryRead(target) > 0) {
              answered.incrementAndGet();
            }
          } catch (IOException e) {
            // The session is over; so it is for thousands of others.
          }
        });
        near.tryWrite(ByteBuffer.wrap(new byte[] {1}));
      }
      until(() -> answered.get() == count);
      assertThat(echoed.get()).isEqualTo(count);
      assertThat(Thread.activeCount()).isLessThan(threads + 20);
    }
  }

  private static void echo(MuxStream stream, AtomicInteger echoed) {
    try {
      ByteBuffer target = ByteBuffer.allocate(64);
      while (stream.tryRead(target.clear()) > 0) {
        // Before the answer, which may be counted as soon as it is written.
        echoed.incrementAndGet();
        stream.tryWrite(target.flip());
      }
    } catch (IOException e) {
      // The session is over; so it is for thousands of others.
    }
  }
}
