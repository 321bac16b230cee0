package io.picomux;

import static io.picomux.Conditions.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.LivenessConfig;
import io.picomux.core.MuxLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Room in the queue that all streams of a session share: whoever waits for it hears of it, also
 * when nothing moves on its own stream.
 */
@Timeout(60)
class SessionQueueTest {
  /** Frames of 8192 bytes that carry a full queue of a stream. */
  private static final int FULL_QUEUE_FRAMES = 32;

  private static final int STREAM_QUEUE_BYTES = FULL_QUEUE_FRAMES * 8192;

  /** Two streams fill it. */
  private static final int QUEUE_BYTES = 2 * STREAM_QUEUE_BYTES;

  /** No probe wakes a wait by chance. */
  private static final LivenessConfig NO_PROBES =
      LivenessConfig.of(Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1));

  private static RawPeer peer() throws IOException {
    MuxLimits limits = MuxLimits.builder().sessionQueueBytes(QUEUE_BYTES).build();
    return RawPeer.of(
        SessionPair.Kind.CHANNEL, PicoMux.builder().limits(limits).liveness(NO_PROBES));
  }

  @Test
  void aListenerWhoseStreamHasRoomHearsWhenTheSessionHasSomeToo() throws Exception {
    try (RawPeer peer = peer()) {
      MuxStream stream = streamWithoutCredit(peer);
      MuxStream hog = streamWithoutCredit(peer);
      Semaphore writable = new Semaphore(0);
      assertThat(stream.tryWrite(ByteBuffer.allocate(STREAM_QUEUE_BYTES + 1)))
          .isEqualTo(STREAM_QUEUE_BYTES);
      assertThat(hog.tryWrite(ByteBuffer.allocate(STREAM_QUEUE_BYTES)))
          .isEqualTo(STREAM_QUEUE_BYTES);
      int frames = FULL_QUEUE_FRAMES / 2 + 4;
      peer.sendMore(stream.id(), frames);
      until(() -> stream.stats().queuedBytes() == STREAM_QUEUE_BYTES - frames * 8192);
      MuxStream filler = streamWithoutCredit(peer);
      until(() -> filler.tryWrite(ByteBuffer.allocate(STREAM_QUEUE_BYTES)) == 0);
      assertThat(stream.tryWrite(ByteBuffer.allocate(1))).isZero();
      stream.onWritable(writable::release);
      assertThat(writable.availablePermits()).isZero();
      peer.sendMore(hog.id(), FULL_QUEUE_FRAMES);
      writable.acquire();
      assertThat(stream.tryWrite(ByteBuffer.allocate(1))).isEqualTo(1);
    }
  }

  /** Otherwise it would ask for room again and again: half of the queue is free all the time. */
  @Test
  void aWriterThatNeedsMoreRoomThanHalfOfTheQueueTakesWhatThereIsAndWaits() throws Exception {
    MuxLimits limits = MuxLimits.builder().sessionQueueBytes(65_535).build();
    try (RawPeer peer =
        RawPeer.of(
            SessionPair.Kind.CHANNEL, PicoMux.builder().limits(limits).liveness(NO_PROBES))) {
      MuxStream hog = streamWithoutCredit(peer);
      MuxStream stream = streamWithoutCredit(peer);
      assertThat(hog.tryWrite(ByteBuffer.allocate(10_000))).isEqualTo(10_000);
      Background<Integer> write =
          Background.start(() -> stream.write(ByteBuffer.allocate(60_000))).awaitWaiting();
      peer.sendMore(stream.id(), FULL_QUEUE_FRAMES);
      assertThat(write.get()).isEqualTo(60_000);
    }
  }

  @Test
  void aListenerThatIsSetWhileTheSessionIsFullHearsOfRoom() throws Exception {
    try (RawPeer peer = peer()) {
      MuxStream hog = streamWithoutCredit(peer);
      MuxStream secondHog = streamWithoutCredit(peer);
      MuxStream stream = peer.mux().open(new byte[0]);
      until(() -> hog.tryWrite(ByteBuffer.allocate(STREAM_QUEUE_BYTES)) == 0);
      until(() -> secondHog.tryWrite(ByteBuffer.allocate(STREAM_QUEUE_BYTES)) == 0);
      Semaphore writable = new Semaphore(0);
      stream.onWritable(writable::release);
      assertThat(writable.availablePermits()).isZero();
      peer.sendMore(hog.id(), FULL_QUEUE_FRAMES);
      peer.sendMore(secondHog.id(), FULL_QUEUE_FRAMES);
      writable.acquire();
    }
  }

  @Test
  void aWriteThatFitsItsStreamsQueueGoesOnWhenTheSessionHasRoom() throws Exception {
    try (RawPeer peer = peer()) {
      MuxStream stream = streamWithoutCredit(peer);
      MuxStream hog = streamWithoutCredit(peer);
      MuxStream secondHog = streamWithoutCredit(peer);
      until(() -> hog.tryWrite(ByteBuffer.allocate(STREAM_QUEUE_BYTES)) == 0);
      until(() -> secondHog.tryWrite(ByteBuffer.allocate(STREAM_QUEUE_BYTES)) == 0);
      Background<Integer> write =
          Background.start(() -> stream.write(ByteBuffer.allocate(100))).awaitWaiting();
      peer.sendMore(hog.id(), FULL_QUEUE_FRAMES);
      peer.sendMore(secondHog.id(), FULL_QUEUE_FRAMES);
      assertThat(write.get()).isEqualTo(100);
      assertThat(stream.stats().sendCreditFrames()).isZero();
      assertThat(stream.stats().queuedBytes()).isEqualTo(100);
    }
  }

  @Test
  void aWriteGoesOnWhenTheRestOfItFitsItsStreamsQueue() throws Exception {
    int frames = 10;
    int bytes = STREAM_QUEUE_BYTES + frames * 8192;
    try (RawPeer peer = peer()) {
      MuxStream stream = streamWithoutCredit(peer);
      Background<Integer> write =
          Background.start(() -> stream.write(ByteBuffer.allocate(bytes))).awaitWaiting();
      peer.sendMore(stream.id(), frames);
      assertThat(write.get()).isEqualTo(bytes);
      assertThat(stream.stats().sendCreditFrames()).isZero();
      assertThat(stream.stats().queuedBytes()).isEqualTo(STREAM_QUEUE_BYTES);
    }
  }

  private static MuxStream streamWithoutCredit(RawPeer peer) throws IOException {
    MuxStream stream = peer.mux().open(new byte[0]);
    stream.write(ByteBuffer.allocate(10 * 8192));
    until(() -> stream.stats().sendCreditFrames() == 0);
    assertThat(stream.stats().queuedBytes()).isZero();
    return stream;
  }
}
