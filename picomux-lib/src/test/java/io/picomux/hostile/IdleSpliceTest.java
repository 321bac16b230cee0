package io.picomux.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.Duplex;
import io.picomux.MuxStream;
import io.picomux.Splice;
import io.picomux.core.Command;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** As many streams through a proxy as it takes, with a byte on each and then nothing. */
@Timeout(60)
class IdleSpliceTest {
  private static final int SPLICES = 200;

  /** Far below two full buffers of 64 KiB, far above two small ones and two threads. */
  private static final long MAX_HEAP_BYTES_PER_SPLICE = 40_000;

  @Test
  void aSpliceThatHasMovedAByteEachWayHoldsLittleMemory() throws Exception {
    List<Thread> splices = new ArrayList<>();
    try (HostilePeer peer = HostilePeer.of()) {
      splices.add(splice(peer, 0));
      long before = usedHeapBytes();
      for (int i = 1; i <= SPLICES; i++) {
        splices.add(splice(peer, i));
      }
      long perSplice = (usedHeapBytes() - before) / SPLICES;
      System.out.println("an idle splice holds " + perSplice + " bytes of heap");
      assertThat(splices).allMatch(Thread::isAlive);
      assertThat(perSplice).isLessThan(MAX_HEAP_BYTES_PER_SPLICE);
    }
    for (Thread splice : splices) {
      splice.join();
    }
  }

  private static Thread splice(HostilePeer peer, int i) throws Exception {
    int first = 2 * i;
    int second = 2 * i + 1;
    peer.send(new HostilePeer.Burst().add(Command.SYN, first).add(Command.SYN, second));
    MuxStream one = peer.victim().accept();
    MuxStream other = peer.victim().accept();
    Thread thread = Thread.startVirtualThread(() -> Splice.pipe(Duplex.of(one), Duplex.of(other)));
    peer.send(new HostilePeer.Burst().add(Command.PSH, first, new byte[1]));
    assertThat(peer.next(Command.PSH).streamId()).isEqualTo(second);
    peer.send(new HostilePeer.Burst().add(Command.PSH, second, new byte[1]));
    assertThat(peer.next(Command.PSH).streamId()).isEqualTo(first);
    return thread;
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
