package io.picomux.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.MuxStream;
import io.picomux.core.Command;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** As many frames at once as a read of the transport can hold. */
@Timeout(60)
class SmallFrameBurstTest {
  private static final int SESSIONS = 40;
  private static final int STREAMS = 1000;
  private static final int FRAMES_PER_STREAM = 10;

  /** Far below the 1 MB that lists for a burst would take, far above what a session takes. */
  private static final long MAX_HEAP_BYTES_PER_SESSION = 100_000;

  @Test
  void aBurstOfOneByteFramesLeavesNoMemoryBehind() throws Exception {
    List<HostilePeer> peers = new ArrayList<>();
    try {
      attack(peers);
      long before = usedHeapBytes();
      for (int i = 0; i < SESSIONS; i++) {
        attack(peers);
      }
      long perSession = (usedHeapBytes() - before) / SESSIONS;
      System.out.println("a session keeps " + perSession + " bytes of heap after a burst");
      assertThat(perSession).isLessThan(MAX_HEAP_BYTES_PER_SESSION);
    } finally {
      for (HostilePeer peer : peers) {
        peer.close();
      }
    }
  }

  private static void attack(List<HostilePeer> peers) throws Exception {
    HostilePeer peer = HostilePeer.of();
    peers.add(peer);
    HostilePeer.Burst burst = new HostilePeer.Burst();
    for (int id = 1; id <= STREAMS; id++) {
      burst.add(Command.SYN, id);
    }
    for (int i = 0; i < FRAMES_PER_STREAM; i++) {
      for (int id = 1; id <= STREAMS; id++) {
        burst.add(Command.PSH, id, new byte[1]);
      }
    }
    peer.send(burst);
    peer.roundTrip();
    for (int i = 0; i < STREAMS; i++) {
      MuxStream stream = peer.victim().accept();
      assertThat(stream.stats().unreadBytes()).isEqualTo(FRAMES_PER_STREAM);
      stream.close();
    }
    HostilePeer.Burst fins = new HostilePeer.Burst();
    for (int id = 1; id <= STREAMS; id++) {
      fins.add(Command.FIN, id);
    }
    peer.send(fins);
    peer.roundTrip();
    assertThat(peer.victim().stats().core().liveStreams()).isZero();
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
