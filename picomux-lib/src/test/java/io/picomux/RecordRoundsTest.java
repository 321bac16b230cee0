package io.picomux;

import static io.picomux.Conditions.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.MuxConfig;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much is written at once where each record of a transport costs, and who is woken then. */
@Timeout(60)
class RecordRoundsTest {
  private static final int RECORD_BYTES = StreamTransport.FULL_RECORD_BYTES;
  private static final int WRITE_BYTES = 64 << 10;

  /** More than is written at once. */
  private static final int LONG_WRITE_BYTES = 1 << 20;

  private static final int BODY_BYTES = 8192;

  /** What a stream may have queued, as the configuration has it. */
  private static final int QUEUE_BYTES = 256 << 10;

  @Test
  void bulkOverAFastConnectionFillsTwelveRecordsAtOnce() throws Exception {
    try (Bulk bulk = new Bulk(0)) {
      assertThat(bulk.longestWriteBytes()).isEqualTo(12 * RECORD_BYTES);
    }
  }

  /** Small writes between have made the buffer short again. */
  @Test
  void soDoesBulkThatFollowsSmallWrites() throws Exception {
    try (Bulk bulk = new Bulk(0)) {
      assertThat(bulk.longestWriteBytes()).isEqualTo(12 * RECORD_BYTES);
      for (int i = 0; i < 20; i++) {
        bulk.writeOneByte();
      }
      assertThat(bulk.longestWriteBytes()).isEqualTo(12 * RECORD_BYTES);
    }
  }

  @Test
  void overASlowConnectionFour() throws Exception {
    try (Bulk bulk = new Bulk(100)) {
      assertThat(bulk.longestWriteBytes()).isEqualTo(4 * RECORD_BYTES);
    }
  }

  /** A session over a transport with records, which takes whatever comes. */
  private static final class Bulk implements AutoCloseable {
    private final NotingTransport transport = new NotingTransport();
    private final StillSession session;
    private final MuxStream stream;

    Bulk(int nanosPerByte) throws IOException {
      ThreadFactory threads = Thread.ofVirtual().factory();
      session =
          StillSession.over(
              MuxConfig.DEFAULT,
              of -> new BlockingDriver(of, transport, threads, null, RECORD_BYTES),
              () -> nanosPerByte * transport.bytes);
      stream = session.mux().open(new byte[0]);
      session.grant(stream.id(), 0x0FFF);
    }

    /** Writes some megabytes; returns how long the longest write to the transport was. */
    int longestWriteBytes() throws IOException {
      transport.longestBytes = 0;
      write(8 * LONG_WRITE_BYTES, LONG_WRITE_BYTES);
      return transport.longestBytes;
    }

    void writeOneByte() throws IOException {
      write(1, 1);
    }

    private void write(int bytes, int lengthBytes) throws IOException {
      long before = transport.bytes;
      byte[] content = new byte[lengthBytes];
      for (int i = 0; i < bytes / lengthBytes; i++) {
        stream.write(content, 0, content.length);
      }
      until(() -> transport.bytes >= before + bytes && stream.stats().queuedBytes() == 0);
    }

    @Override
    public void close() {
      session.close();
    }
  }

  @Test
  void overAFastConnectionAWriterIsWokenWhenMostOfTheQueueIsFree() throws Exception {
    assertThat(roundsBeforeAWriterIsWoken(true, () -> 0)).isEqualTo(4);
  }

  @Test
  void overASlowOneWhenWhatItHasFits() throws Exception {
    AtomicLong clockNanos = new AtomicLong();
    assertThat(roundsBeforeAWriterIsWoken(true, () -> clockNanos.addAndGet(1_000_000)))
        .isEqualTo(2);
  }

  @Test
  void soItIsWhereNoThreadWritesForIt() throws Exception {
    assertThat(roundsBeforeAWriterIsWoken(false, () -> 0)).isEqualTo(2);
  }

  /** The rest of the credit is not enough for most of the queue. */
  @Test
  void withoutCreditAWriterIsWokenWhenWhatItHasFits() throws Exception {
    try (StillSession still = lateSession(true, () -> 0)) {
      MuxStream stream = openFast(still);
      still.grant(stream.id(), 10);
      stream.write(new byte[QUEUE_BYTES], 0, QUEUE_BYTES);
      int length = 72 << 10;
      Background<?> writer = write(stream, length).awaitWaiting();
      while (still.roundBytes() > 0) {
        // Takes all the credit.
      }
      writer.get();
      assertThat(stream.stats().queuedBytes()).isEqualTo(QUEUE_BYTES + length - 10 * BODY_BYTES);
    }
  }

  private static int roundsBeforeAWriterIsWoken(boolean late, LongSupplier nanoClock)
      throws Exception {
    try (StillSession still = lateSession(late, nanoClock)) {
      MuxStream stream = openFast(still);
      still.grant(stream.id(), 255);
      stream.write(new byte[QUEUE_BYTES], 0, QUEUE_BYTES);
      Background<?> writer = write(stream, WRITE_BYTES).awaitWaiting();
      assertThat(stream.stats().queuedBytes()).isEqualTo(QUEUE_BYTES + WRITE_BYTES);
      int rounds = 0;
      while (writer.isWaiting()) {
        assertThat(still.roundBytes()).isPositive();
        rounds++;
      }
      writer.get();
      return rounds;
    }
  }

  private static StillSession lateSession(boolean late, LongSupplier nanoClock) throws IOException {
    StillDriver driver =
        new StillDriver() {
          @Override
          public boolean wakesWritersLate() {
            return late;
          }
        };
    return StillSession.over(MuxConfig.DEFAULT, driver, nanoClock);
  }

  /** Opens a stream and sends so much that it shows how fast the connection is. */
  private static MuxStream openFast(StillSession still) throws IOException {
    MuxStream stream = still.mux().open(new byte[0]);
    int writes = 40;
    still.grant(stream.id(), writes * WRITE_BYTES / BODY_BYTES - 10);
    byte[] content = new byte[WRITE_BYTES];
    for (int i = 0; i < writes; i++) {
      stream.write(content, 0, content.length);
      while (still.roundBytes() > 0) {
        // Sends all of it.
      }
    }
    return stream;
  }

  private static Background<?> write(MuxStream stream, int length) {
    return Background.start(() -> {
      stream.write(new byte[length], 0, length);
      return null;
    });
  }

  /** Notes how long its writes are; nothing ever comes from it. */
  private static final class NotingTransport implements Transport {
    private final CountDownLatch closed = new CountDownLatch(1);
    volatile long bytes;
    volatile int longestBytes;

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        closed.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      return -1;
    }

    /** By one thread only. */
    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public void write(byte[] buffer, int offset, int length) {
      longestBytes = Math.max(longestBytes, length);
      bytes += length;
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }
}
