package io.picomux.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.PicoMux;
import io.picomux.core.MuxLimits;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Peers that do not read until the socket is full and go away then: what was to be written lies in
 * a buffer outside the heap, which must be used again and not be left to the garbage collector.
 */
@Timeout(60)
class StuckWriteBufferTest {
  private static final int SESSIONS = 20;
  private static final int ROUNDS = 4;
  private static final int METADATA_BYTES = 65_535;

  /**
   * Little, so that few bytes fill it: garbage would have the collector free what is looked for.
   */
  private static final int SOCKET_BYTES = 4096;

  private static final MuxLimits LITTLE_QUEUE =
      MuxLimits.builder().sessionQueueBytes(METADATA_BYTES).build();

  @Test
  void theBufferOfAStuckWriteIsUsedAgainByLaterSessions() throws Exception {
    stuckSessionsThatAreAborted();
    long afterFirst = directBuffers();
    for (int i = 1; i < ROUNDS; i++) {
      stuckSessionsThatAreAborted();
    }
    assertThat(directBuffers()).isLessThan(afterFirst + SESSIONS);
  }

  private static void stuckSessionsThatAreAborted() throws Exception {
    List<SocketChannel> peers = new ArrayList<>();
    List<PicoMux> sessions = new ArrayList<>();
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BYTES);
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      for (int i = 0; i < SESSIONS; i++) {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BYTES);
        channel.connect(listener.getLocalAddress());
        PicoMux mux = PicoMux.builder().limits(LITTLE_QUEUE).over(channel);
        peers.add(listener.accept());
        sessions.add(mux);
        // Metadata needs no credit.
        byte[] metadata = new byte[METADATA_BYTES];
        while (mux.openAsync(metadata).isDone()) {
          assertThat(mux.isAlive()).isTrue();
        }
      }
      sessions.forEach(PicoMux::abort);
    } finally {
      for (SocketChannel peer : peers) {
        readToTheEnd(peer);
        peer.close();
      }
    }
  }

  /** Sees the channel of the session close, after which its buffer is given back. */
  private static void readToTheEnd(SocketChannel peer) {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    try {
      while (peer.read(buffer.clear()) >= 0) {
        assertThat(buffer.position()).isPositive();
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  private static long directBuffers() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getCount)
        .sum();
  }
}
