package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What streams and sessions cost while nothing happens. */
@Timeout(60)
class IdleCostTest {
  private static final int STREAMS = 10_000;
  private static final int SESSIONS = 100;
  private static final int HEAP_BYTES_PER_STREAM = 1024;
  private static final int HEAP_BYTES_PER_SESSION = 8 << 10;

  @Test
  void anIdleStreamCostsLessThanAKibibyteOfHeapOnEachSide() throws Exception {
    try (SessionPair pair = SessionPair.open(SessionPair.Kind.CHANNEL)) {
      List<MuxStream> streams = new ArrayList<>(2 * STREAMS);
      exchangeByte(pair, streams);
      long before = usedHeapBytes();
      for (int i = 0; i < STREAMS; i++) {
        exchangeByte(pair, streams);
      }
      long perStream = (usedHeapBytes() - before) / (2 * STREAMS);
      System.out.println("an idle stream costs " + perStream + " bytes of heap on each side");
      assertThat(perStream).isBetween(1L, (long) HEAP_BYTES_PER_STREAM);
      assertThat(streams).hasSize(2 * STREAMS + 2);
    }
  }

  @Test
  void anIdleSessionHoldsNoThreadAndLittleHeap() throws Exception {
    try (SessionPair first = SessionPair.open(SessionPair.Kind.CHANNEL)) {
      exchangeByte(first, new ArrayList<>());
      List<SessionPair> pairs = new ArrayList<>();
      for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
        pairs.add(connect());
      }
      Set<Long> threads = platformThreads();
      long before = usedHeapBytes();
      for (int i = 0; i < SESSIONS; i++) {
        pairs.add(connect());
      }
      long perSession = (usedHeapBytes() - before) / (2 * SESSIONS);
      System.out.println("an idle session costs " + perSession + " bytes of heap");
      assertThat(perSession).isBetween(1L, (long) HEAP_BYTES_PER_SESSION);
      assertThat(newMuxThreads(threads)).isEmpty();
      pairs.forEach(pair -> pair.client().abort());
      pairs.forEach(pair -> pair.server().abort());
    }
  }

  private static SessionPair connect() throws IOException {
    SocketChannel[] ends = SessionPair.channels();
    return new SessionPair(PicoMux.over(ends[0]), PicoMux.over(ends[1]));
  }

  private static void exchangeByte(SessionPair pair, List<MuxStream> streams) throws IOException {
    byte[] one = new byte[1];
    MuxStream near = pair.client().open(new byte[0]);
    MuxStream far = pair.server().accept();
    near.write(one, 0, 1);
    assertThat(far.read(one, 0, 1)).isEqualTo(1);
    far.write(one, 0, 1);
    assertThat(near.read(one, 0, 1)).isEqualTo(1);
    streams.add(near);
    streams.add(far);
  }

  private static Set<Long> platformThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::threadId)
        .collect(Collectors.toSet());
  }

  private static List<String> newMuxThreads(Set<Long> known) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !known.contains(thread.threadId()))
        .map(Thread::getName)
        .filter(name -> name.startsWith("picomux"))
        .toList();
  }

  /** Returns what is reachable: the least of a few full collections. */
  private static long usedHeapBytes() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
