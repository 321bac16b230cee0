package io.picomux;

import static io.picomux.Conditions.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.StreamFailure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Hundreds of threads that open, write, read, interrupt, reset and close at random, against an
 * oracle: every byte that is read is the right one for its place, a clean end comes after exactly
 * the bytes that were accepted, and a reset is never taken for a clean end.
 */
@Timeout(60)
class StressTest {
  private static final int WORKERS = 150;
  private static final long RUN_NANOS = TimeUnit.MILLISECONDS.toNanos(2500);
  private static final int MAX_CHUNK_BYTES = 40_000;
  private static final int MAX_STREAM_BYTES = 300_000;

  private enum Ending {
    SHUTDOWN,
    CLOSE,
    RESET
  }

  /** What the writer of a stream has had accepted before it ended the stream. */
  private record Written(long bytes, Ending ending) {}

  private final ConcurrentMap<Long, Written> written = new ConcurrentHashMap<>();
  private final ConcurrentMap<Long, Thread> disturbed = new ConcurrentHashMap<>();
  private final AtomicLong nextSeed = new AtomicLong();
  private final AtomicInteger cleanEnds = new AtomicInteger();
  private final AtomicInteger resets = new AtomicInteger();
  private final AtomicInteger interrupts = new AtomicInteger();
  private volatile boolean running = true;

  @ParameterizedTest
  @EnumSource
  void randomUseOfManyStreamsKeepsEveryPromise(SessionPair.Kind kind) throws Exception {
    long seed = Long.getLong("picomux.seed", System.nanoTime());
    System.out.println("StressTest " + kind + ": repeat with -Dpicomux.seed=" + seed);
    nextSeed.set(seed);
    try (SessionPair pair = SessionPair.open(kind)) {
      pair.client().ping(Duration.ofSeconds(20));
      pair.server().ping(Duration.ofSeconds(20));
      ConcurrentMap<Integer, Background<?>> readers = new ConcurrentHashMap<>();
      Background<?> acceptor = Background.start(() -> accept(pair.server(), readers));
      List<Background<?>> workers = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        Random random = new Random(seed + i);
        workers.add(Background.start(() -> work(pair.client(), random)));
      }
      disturb(new Random(seed));
      running = false;
      for (Background<?> worker : workers) {
        worker.get();
      }
      until(() -> isQuiet(pair.client()) && isQuiet(pair.server()));
      pair.client().close();
      acceptor.get();
      for (Background<?> reader : readers.values()) {
        reader.get();
      }
      System.out.println(
          "StressTest "
              + kind
              + ": "
              + written.size()
              + " streams, "
              + cleanEnds
              + " clean ends, "
              + resets
              + " resets, "
              + interrupts
              + " interrupts");
      assertThat(cleanEnds.get()).isPositive();
      assertThat(resets.get()).isPositive();
      assertThat(interrupts.get()).isPositive();
    }
  }

  private static boolean isQuiet(PicoMux mux) {
    SessionStats stats = mux.stats();
    return stats.streams().isEmpty()
        && stats.core().liveStreams() == 0
        && stats.core().unreadBytes() == 0
        && stats.queuedBytes() == 0;
  }

  private void disturb(Random random) {
    long end = System.nanoTime() + RUN_NANOS;
    while (System.nanoTime() - end < 0) {
      List<Thread> threads = new ArrayList<>(disturbed.values());
      if (!threads.isEmpty()) {
        threads.get(random.nextInt(threads.size())).interrupt();
      }
      LockSupport.parkNanos(100_000);
    }
  }

  private Void work(PicoMux mux, Random random) throws Exception {
    while (running) {
      long streamSeed = nextSeed.incrementAndGet();
      byte[] metadata = ByteBuffer.allocate(Long.BYTES).putLong(streamSeed).array();
      try (MuxStream stream = mux.open(metadata)) {
        stream.setWriteTimeout(Duration.ofMillis(1 + random.nextInt(20)));
        disturbed.put(streamSeed, Thread.currentThread());
        long bytes = 0;
        int target = random.nextInt(MAX_STREAM_BYTES);
        while (bytes < target) {
          bytes += writeChunk(stream, streamSeed, bytes, random);
        }
        disturbed.remove(streamSeed);
        Ending ending = Ending.values()[random.nextInt(Ending.values().length)];
        written.put(streamSeed, new Written(bytes, ending));
        // The end of the block closes the stream in any case.
        if (ending == Ending.SHUTDOWN) {
          stream.shutdownOutput();
        } else if (ending == Ending.RESET) {
          stream.reset();
        }
      } finally {
        disturbed.remove(streamSeed);
        clearInterrupt();
      }
    }
    return null;
  }

  private int writeChunk(MuxStream stream, long seed, long from, Random random) throws IOException {
    byte[] chunk = new byte[1 + random.nextInt(MAX_CHUNK_BYTES)];
    for (int i = 0; i < chunk.length; i++) {
      chunk[i] = byteAt(seed, from + i);
    }
    try {
      stream.write(chunk, 0, chunk.length);
      return chunk.length;
    } catch (InterruptedIOException e) {
      clearInterrupt();
      return e.bytesTransferred;
    } finally {
      Arrays.fill(chunk, (byte) 0x5A);
    }
  }

  private Void accept(PicoMux mux, ConcurrentMap<Integer, Background<?>> readers)
      throws IOException {
    for (int i = 0; ; i++) {
      MuxStream stream;
      try {
        stream = mux.accept();
      } catch (SessionException e) {
        return null;
      }
      Random random = new Random(nextSeed.get() + i);
      readers.put(i, Background.start(() -> read(stream, random)));
    }
  }

  private Void read(MuxStream stream, Random random) throws IOException {
    long seed = ByteBuffer.wrap(stream.metadata()).getLong();
    boolean leavesEarly = random.nextInt(8) == 0;
    long position = 0;
    try (stream) {
      disturbed.put(-seed, Thread.currentThread());
      while (!leavesEarly || position < MAX_STREAM_BYTES / 4) {
        int n = readChunk(stream, seed, position, random);
        if (n < 0) {
          assertThat(writtenOn(seed).ending()).isNotEqualTo(Ending.RESET);
          assertThat(position).isEqualTo(writtenOn(seed).bytes());
          cleanEnds.incrementAndGet();
          return null;
        }
        position += n;
      }
    } catch (StreamException e) {
      assertThat(e.reason()).isEqualTo(StreamFailure.RESET);
      assertThat(writtenOn(seed).ending()).isEqualTo(Ending.RESET);
      assertThat(position).isLessThanOrEqualTo(writtenOn(seed).bytes());
      resets.incrementAndGet();
    } finally {
      disturbed.remove(-seed);
      clearInterrupt();
    }
    return null;
  }

  /** Returns how many bytes were read and found right, -1 at the end. */
  private int readChunk(MuxStream stream, long seed, long from, Random random) throws IOException {
    byte[] chunk = new byte[1 + random.nextInt(MAX_CHUNK_BYTES)];
    try {
      int n = stream.read(chunk, 0, chunk.length);
      for (int i = 0; i < n; i++) {
        if (chunk[i] != byteAt(seed, from + i)) {
          throw new AssertionError("wrong byte at " + (from + i) + " of stream " + seed);
        }
      }
      return n;
    } catch (InterruptedIOException e) {
      assertThat(e.bytesTransferred).isZero();
      clearInterrupt();
      return 0;
    }
  }

  private Written writtenOn(long seed) {
    return Objects.requireNonNull(written.get(seed), "the writer has not ended the stream");
  }

  private void clearInterrupt() {
    if (Thread.interrupted()) {
      interrupts.incrementAndGet();
    }
  }

  private static byte byteAt(long seed, long position) {
    return (byte) (seed * 31 + position + position / 251);
  }
}
