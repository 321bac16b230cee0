package io.picomux;

import static io.picomux.Conditions.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.core.StreamFailure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Threads that wait for data in bulk and read it for all streams by themselves. Which thread reads
 * is seen by the frame listener, which is called on it.
 */
@Timeout(60)
class LeaderReadsTest {
  private static final int PIECE_BYTES = 64 << 10;
  private static final int LEAST_CHECKED_BYTES = 64 << 20;

  private final long seed = new Random().nextLong();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile Thread consumer = Thread.currentThread();
  private volatile boolean hasLed;
  private volatile boolean feeding = true;
  private Future<?> feeder = CompletableFuture.completedFuture(null);
  private SessionPair pair;
  private MuxStream near;
  private MuxStream far;

  @BeforeEach
  void open() throws IOException {
    PicoMuxBuilder receiver =
        PicoMux.builder()
            .frameListener((outgoing, command, streamId, bodyBytes) -> {
              if (!outgoing && Thread.currentThread() == consumer) {
                hasLed = true;
              }
            });
    pair = SessionPair.open(SessionPair.Kind.CHANNEL, receiver, PicoMux.builder());
    near = pair.client().open(new byte[0]);
    far = pair.server().accept();
  }

  @AfterEach
  void close() throws Exception {
    feeding = false;
    pair.client().abort();
    pair.close();
    feeder.get();
    threads.shutdown();
  }

  /** What is read by whichever thread comes whole and in order. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bulkComesWholeWhoeverReads(boolean virtual) throws Exception {
    Future<?> writing = threads.submit(() -> feed(new Random(seed)));
    CompletableFuture<Void> reading = new CompletableFuture<>();
    (virtual ? Thread.ofVirtual() : Thread.ofPlatform())
        .start(() -> {
          consumer = Thread.currentThread();
          try {
            check(new Random(seed));
            reading.complete(null);
          } catch (IOException | RuntimeException | Error e) {
            reading.completeExceptionally(e);
          }
        });
    reading.join();
    writing.get();
    assertThat(hasLed).as("seed %d: the reader has read by itself", seed).isTrue();
  }

  /** The thread that led has something else to do: others get their data nevertheless. */
  @Test
  void aLeaderThatStaysAwayHoldsNobodyUp() throws Exception {
    MuxStream otherNear = pair.client().open(new byte[0]);
    MuxStream otherFar = pair.server().accept();
    feeder = threads.submit(this::feedForEver);
    CountDownLatch led = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Future<?> away =
        threads.submit(() -> {
          readUntilItLeads();
          led.countDown();
          goOn.await();
          return null;
        });
    led.await();
    otherFar.outputStream().write(42);
    assertThat(otherNear.inputStream().read(new byte[8])).isEqualTo(1);
    assertThat(pair.client().ping(Duration.ofSeconds(20))).isPositive();
    goOn.countDown();
    away.get();
  }

  @Test
  void aTimeoutEndsAWaitInWhichTheThreadLeads() throws Exception {
    MuxStream silent = pair.client().open(new byte[0]);
    pair.server().accept();
    feeder = threads.submit(this::feedForEver);
    readUntilItLeads();
    Future<?> others =
        threads.submit(() -> {
          byte[] piece = new byte[PIECE_BYTES];
          while (near.inputStream().read(piece) > 0) {
            assertThat(piece).hasSize(PIECE_BYTES);
          }
          return null;
        });
    silent.setReadTimeout(Duration.ofMillis(50));
    assertThatThrownBy(() -> silent.inputStream().read(new byte[8]))
        .isInstanceOf(SocketTimeoutException.class);
    feeding = false;
    pair.client().abort();
    assertThatThrownBy(others::get).hasCauseInstanceOf(SessionException.class);
  }

  @Test
  void aCloseByAnotherThreadEndsTheReadOfALeader() throws Exception {
    feeder = threads.submit(this::feedForEver);
    CountDownLatch led = new CountDownLatch(1);
    Future<?> reading =
        threads.submit(() -> {
          readUntilItLeads();
          led.countDown();
          return readForEver();
        });
    led.await();
    near.close();
    assertThatThrownBy(reading::get)
        .cause()
        .isInstanceOfSatisfying(
            StreamException.class, e -> assertThat(e.reason()).isEqualTo(StreamFailure.CLOSED));
    assertThat(pair.client().isAlive()).isTrue();
    assertThat(pair.client().ping(Duration.ofSeconds(20))).as("somebody reads on").isPositive();
  }

  /** A channel in blocking mode would be closed by it. */
  @Test
  void anInterruptEndsTheReadOfALeaderAndNothingElse() throws Exception {
    feeder = threads.submit(this::feedForEver);
    CountDownLatch led = new CountDownLatch(1);
    Future<?> reading =
        threads.submit(() -> {
          readUntilItLeads();
          led.countDown();
          return readForEver();
        });
    led.await();
    consumer.interrupt();
    assertThatThrownBy(reading::get).cause().isInstanceOf(InterruptedIOException.class);
    assertThat(pair.client().ping(Duration.ofSeconds(20))).isPositive();
    near.close();
  }

  /** The end of the transport is found by the leader, and ends the session as for the loop. */
  @Test
  void aLeaderFindsTheEndOfTheTransport() throws Exception {
    feeder = threads.submit(this::feedForEver);
    readUntilItLeads();
    Future<?> reading = threads.submit(this::readForEver);
    pair.server().abort();
    assertThatThrownBy(reading::get).cause().isInstanceOf(SessionException.class);
    until(() -> !pair.client().isAlive());
  }

  private Object readForEver() throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    while (near.inputStream().read(piece) > 0) {
      // Until something else ends it.
    }
    throw new AssertionError("the stream has ended in order");
  }

  private void readUntilItLeads() throws IOException {
    consumer = Thread.currentThread();
    hasLed = false;
    byte[] piece = new byte[PIECE_BYTES];
    while (!hasLed) {
      assertThat(near.inputStream().read(piece)).isPositive();
    }
  }

  private void feedForEver() {
    byte[] piece = new byte[PIECE_BYTES];
    try {
      while (feeding) {
        far.outputStream().write(piece);
      }
    } catch (IOException e) {
      assertThat(e).isInstanceOfAny(SessionException.class, StreamException.class);
    }
  }

  private void feed(Random random) {
    byte[] piece = new byte[PIECE_BYTES];
    try {
      while (feeding) {
        random.nextBytes(piece);
        far.outputStream().write(piece);
      }
      far.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Checks what comes, and has it end some time after it was read without the loop. */
  private void check(Random random) throws IOException {
    byte[] expected = new byte[PIECE_BYTES];
    byte[] piece = new byte[PIECE_BYTES];
    long checkedBytes = 0;
    int n;
    while ((n = near.inputStream().readNBytes(piece, 0, piece.length)) > 0) {
      assertThat(n).isEqualTo(piece.length);
      random.nextBytes(expected);
      assertThat(Arrays.equals(piece, expected))
          .as("seed %d, at byte %d", seed, checkedBytes)
          .isTrue();
      checkedBytes += n;
      feeding = !hasLed || checkedBytes < LEAST_CHECKED_BYTES;
    }
  }
}
