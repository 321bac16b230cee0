package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The whole engine under stress: thousands of virtual threads on several sessions open, write,
 * read, half-close, interrupt, time out, reset and close at random, and sessions end under them.
 *
 * <p>Every byte comes once and in order or its stream ends with a typed error; a clean end comes
 * only after all bytes; arrays are not touched after their call; every call ends; and at the end
 * nothing is left. {@code -Dpicomux.seed} repeats the choices (not the schedule), {@code
 * -Dpicomux.stress.seconds} sets how long.
 */
class EngineStressIT {
  private static final int SECONDS = Integer.getInteger("picomux.stress.seconds", 25);
  private static final int WORKERS = Integer.getInteger("picomux.stress.workers", 1500);

  /** Two over socket channels, and one each of the others. */
  private static final StressPair.Kind[] KINDS = {
    StressPair.Kind.CHANNEL,
    StressPair.Kind.CHANNEL,
    StressPair.Kind.SOCKET,
    StressPair.Kind.TLS,
    StressPair.Kind.PIPE
  };

  /** How often a pair of sessions is ended and begun anew. */
  private static final long PAIR_NANOS = 700_000_000L;

  private static final Path DUMPS = Path.of("target", "stress");

  private final long seed = Long.getLong("picomux.seed", System.nanoTime());
  private final StressCounts counts = new StressCounts();
  private final StressThreads threads = new StressThreads(counts);
  private final AtomicReferenceArray<StressPair> pairs = new AtomicReferenceArray<>(KINDS.length);
  private final List<StressPair> ended = new ArrayList<>();
  private final AtomicLong nextKey = new AtomicLong();
  private volatile boolean running = true;

  @Test
  void everyPromiseHoldsUnderStress() throws Exception {
    System.out.println("EngineStressIT: repeat with -Dpicomux.seed=" + seed);
    ProcessStats before = PicoMux.processStats();
    useEachKindOnce();
    long sockets = sockets();
    for (int i = 0; i < KINDS.length; i++) {
      pairs.set(i, pair(i));
    }
    nextKey.set(seed << 20);
    for (int i = 0; i < WORKERS; i++) {
      Random random = new Random(seed + i);
      threads.start(() -> work(random));
    }
    endPairsAtRandom(new Random(~seed));
    running = false;
    Random random = new Random(seed);
    for (int i = 0; i < KINDS.length; i++) {
      StressPair pair = pairs.get(i);
      ended.add(pair);
      threads.start(() -> pair.end(random));
    }
    threads.awaitAll(DUMPS.resolve("hang-" + seed + ".txt"));
    System.out.println("EngineStressIT: " + counts);
    threads.checkFailures();
    counts.checkVariety();
    ended.forEach(StressPair::checkNothingIsLeft);
    checkNothingIsLeftInTheProcess(before, sockets);
  }

  /** The JDK keeps a socket of its own from the first close on. */
  private void useEachKindOnce() throws IOException, InterruptedException {
    StressCounts ofTheseCounts = new StressCounts();
    StressThreads ofThese = new StressThreads(ofTheseCounts);
    for (int i = 0; i < KINDS.length; i++) {
      StressPair pair = new StressPair(KINDS[i], ofTheseCounts, ofThese, seed + i);
      pair.end(new Random(seed));
    }
    ofThese.awaitAll(DUMPS.resolve("hang-" + seed + ".txt"));
  }

  private StressPair pair(int index) throws IOException {
    return new StressPair(KINDS[index], counts, threads, seed + index);
  }

  private void work(Random random) {
    while (running && !threads.hasFailed()) {
      try {
        pairs.get(random.nextInt(KINDS.length)).live(nextKey.incrementAndGet(), random);
      } catch (IOException e) {
        counts.noteFailure(e);
      }
    }
  }

  /**
   * Interrupts calls all the time, and puts a new pair into the place of an old one now and then.
   */
  private void endPairsAtRandom(Random random) throws IOException {
    long start = System.nanoTime();
    long nextPair = start + PAIR_NANOS;
    while (System.nanoTime() - start < SECONDS * 1_000_000_000L && !threads.hasFailed()) {
      threads.disturb(random);
      LockSupport.parkNanos(1_000_000);
      if (System.nanoTime() - nextPair >= 0) {
        nextPair += PAIR_NANOS;
        int index = random.nextInt(KINDS.length);
        StressPair old = pairs.getAndSet(index, pair(index));
        ended.add(old);
        Random ofEnd = new Random(random.nextLong());
        threads.start(() -> old.end(ofEnd));
      }
    }
  }

  private void checkNothingIsLeftInTheProcess(ProcessStats before, long sockets) {
    Path dump = DUMPS.resolve("end-" + seed + ".txt");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> {
          ProcessStats after = PicoMux.processStats();
          assertThat(after.sessionsLive()).isEqualTo(before.sessionsLive());
          assertThat(after.unreadBytes()).isEqualTo(before.unreadBytes());
          assertThat(StressThreads.picomuxThreads(dump)).isZero();
          assertThat(sockets()).isEqualTo(sockets);
        });
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException e) {
      // Closed in the meantime: the descriptor of the folder for one.
      return false;
    }
  }

  /** Returns the sockets that this process has open, 0 where it cannot be told. */
  private static long sockets() throws IOException {
    Path folder = Path.of("/proc/self/fd");
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    long sockets = 0;
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        sockets += isSocket(entry) ? 1 : 0;
      }
    }
    return sockets;
  }
}
