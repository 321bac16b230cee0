package io.picomux.reliability.attacks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A session with the victim that behaves well and checks everything it gets: one stream after the
 * other whose random bytes come back, and small round trips on one stream all the while. What
 * differs or fails is thrown by {@link #awaitProgress} and {@link #close}. Safe for concurrent use.
 */
public final class HonestNeighbour implements AutoCloseable {
  /**
   * Bytes of one transfer each way; chosen by judgement: many frames, and a few per millisecond.
   */
  private static final int TRANSFER_BYTES = 256 << 10;

  private static final int ROUND_TRIP_BYTES = 64;

  /** More than any run sends: the stream of the round trips lives as long as the neighbour. */
  private static final long ENDLESS_BYTES = 1L << 50;

  /** How long a transfer or round trip may take: far longer than under any attack. */
  private static final long PROGRESS_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final PicoMux mux;
  private final long seed;
  private final ReentrantReadWriteLock quiet = new ReentrantReadWriteLock(true);
  private final AtomicLong transfers = new AtomicLong();
  private final AtomicLong roundTrips = new AtomicLong();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Thread transferring;
  private final Thread roundTripping;
  private volatile boolean closing;

  private HonestNeighbour(PicoMux mux, long seed) {
    this.mux = mux;
    this.seed = seed;
    this.transferring = Thread.ofVirtual().unstarted(() -> guarded(this::transferAgainAndAgain));
    this.roundTripping = Thread.ofVirtual().unstarted(() -> guarded(this::goRoundAndRound));
  }

  /** Begins a session with the victim and works in it from now on. */
  public static HonestNeighbour of(InetSocketAddress victim, long seed) throws IOException {
    HonestNeighbour neighbour = new HonestNeighbour(PicoMux.connect(victim), seed);
    neighbour.transferring.start();
    neighbour.roundTripping.start();
    return neighbour;
  }

  /**
   * How far the neighbour has come. Immutable.
   *
   * @param nanoTime when
   * @param bytes how many have come back whole
   * @param roundTrips how many were made
   */
  public record Mark(long nanoTime, long bytes, long roundTrips) {
    double bytesPerSecondUntil(Mark later) {
      return (later.bytes - bytes) * 1e9 / (later.nanoTime - nanoTime);
    }

    double roundTripsPerSecondUntil(Mark later) {
      return (later.roundTrips - roundTrips) * 1e9 / (later.nanoTime - nanoTime);
    }
  }

  /** Returns how far the neighbour has come. */
  public Mark mark() {
    return new Mark(System.nanoTime(), transfers.get() * TRANSFER_BYTES, roundTrips.get());
  }

  /** Returns whether nothing has gone wrong so far. */
  public boolean isWell() {
    return failure.get() == null;
  }

  /** Does something while no transfer and no round trip is under way. */
  public <T> T whileQuiet(Callable<T> action) throws Exception {
    quiet.writeLock().lock();
    try {
      return action.call();
    } finally {
      quiet.writeLock().unlock();
    }
  }

  /** Waits until two more transfers and two more round trips have come out right. */
  public void awaitProgress() throws InterruptedException {
    long transfersWanted = transfers.get() + 2;
    long roundTripsWanted = roundTrips.get() + 2;
    long deadline = System.nanoTime() + PROGRESS_LIMIT_NANOS;
    synchronized (this) {
      while (transfers.get() < transfersWanted || roundTrips.get() < roundTripsWanted) {
        check();
        long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
        if (leftMillis <= 0) {
          throw new AssertionError(
              "the neighbour is stuck at "
                  + transfers
                  + " of "
                  + transfersWanted
                  + " transfers and "
                  + roundTrips
                  + " of "
                  + roundTripsWanted
                  + " round trips");
        }
        wait(leftMillis);
      }
    }
    check();
  }

  private void check() {
    Throwable wrong = failure.get();
    if (wrong != null) {
      throw new AssertionError("the neighbour failed: " + wrong, wrong);
    }
  }

  private interface Work {
    void run() throws IOException, InterruptedException;
  }

  private void guarded(Work work) {
    try {
      work.run();
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      if (!closing) {
        failure.compareAndSet(null, e);
      }
    } finally {
      progressed();
    }
  }

  private synchronized void progressed() {
    notifyAll();
  }

  private void transferAgainAndAgain() throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] there = new byte[TRANSFER_BYTES];
    while (!closing) {
      random.nextBytes(there);
      quiet.readLock().lock();
      try {
        transfer(there);
      } finally {
        quiet.readLock().unlock();
      }
      transfers.incrementAndGet();
      progressed();
    }
  }

  private void transfer(byte[] there) throws IOException, InterruptedException {
    try (MuxStream stream = open("echo " + there.length + " wait")) {
      Thread writer = Thread.ofVirtual().start(() -> guarded(() -> writeAll(stream, there)));
      byte[] back = stream.inputStream().readNBytes(there.length);
      writer.join();
      if (!Arrays.equals(there, back)) {
        throw new IOException(
            "of "
                + there.length
                + " bytes "
                + back.length
                + " came back, the first difference at "
                + Arrays.mismatch(there, back));
      }
    }
  }

  private static void writeAll(MuxStream stream, byte[] bytes) throws IOException {
    stream.write(bytes, 0, bytes.length);
    stream.shutdownOutput();
  }

  private void goRoundAndRound() throws IOException {
    SplittableRandom random = new SplittableRandom(~seed);
    byte[] there = new byte[ROUND_TRIP_BYTES];
    try (MuxStream stream = open("echo " + ENDLESS_BYTES + " wait")) {
      InputStream in = stream.inputStream();
      while (!closing) {
        random.nextBytes(there);
        quiet.readLock().lock();
        try {
          stream.write(there, 0, there.length);
          if (!Arrays.equals(there, in.readNBytes(there.length))) {
            throw new IOException("a round trip changed its bytes");
          }
        } finally {
          quiet.readLock().unlock();
        }
        roundTrips.incrementAndGet();
        progressed();
      }
    }
  }

  private MuxStream open(String metadata) throws IOException {
    return mux.open(metadata.getBytes(US_ASCII));
  }

  /** Ends the session, whatever went wrong before. */
  public void abandon() {
    closing = true;
    mux.abort();
  }

  /** Ends the session; throws what went wrong before. */
  @Override
  public void close() {
    abandon();
    check();
  }
}
