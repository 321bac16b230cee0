package io.picomux.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.MuxStream;
import io.picomux.PicoMuxServer;
import io.picomux.core.Command;
import io.picomux.core.WireFormat;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A peer that grants credit only once the server is being closed. */
@Timeout(60)
class SlowReaderAtCloseTest {
  private static final int FRAMES = 20;

  @Test
  void aServerThatClosesDeliversWhatWasWrittenThoughItsHandlerIsDone() throws Exception {
    CountDownLatch written = new CountDownLatch(1);
    CountDownLatch handlerDone = new CountDownLatch(1);
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (PicoMuxServer server =
            PicoMuxServer.listen(
                any,
                session -> {
                  try {
                    MuxStream stream = session.accept();
                    for (int i = 0; i < FRAMES; i++) {
                      stream.write(
                          new byte[WireFormat.DATA_BODY_BYTES], 0, WireFormat.DATA_BODY_BYTES);
                    }
                    written.countDown();
                    session.accept();
                  } finally {
                    handlerDone.countDown();
                  }
                });
        HostilePeer peer = HostilePeer.connect((InetSocketAddress) server.localAddress())) {
      peer.send(new HostilePeer.Burst().add(Command.SYN, 1));
      written.await();
      Thread closer = Thread.startVirtualThread(server::close);
      handlerDone.await();
      peer.send(new HostilePeer.Burst().more(1, FRAMES));
      for (int i = 0; i < FRAMES; i++) {
        assertThat(peer.next(Command.PSH).bodyBytes()).isEqualTo(WireFormat.DATA_BODY_BYTES);
      }
      assertThat(peer.next(Command.FIN).streamId()).isEqualTo(1);
      peer.disconnect();
      closer.join();
    }
  }
}
