package io.picomux.reliability.attacks.victim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.picomux.PicoMuxServer;
import io.picomux.reliability.attacks.HostilePeer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a peer has heard of must be found, however late the application looks at it. */
@Timeout(60)
class SessionLedgerTest {
  private static final long LONG_MILLIS = 30_000;

  private final SessionLedger ledger = new SessionLedger();

  @Test
  void aSessionIsWaitedForUntilItsHandlerHasRun() throws Exception {
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    CountDownLatch handlerMayRun = new CountDownLatch(1);
    try (PicoMuxServer server =
        PicoMuxServer.listen(
            free,
            session -> {
              handlerMayRun.await();
              ledger.add(session);
              session.onTermination().join();
            })) {
      int port;
      try (HostilePeer peer = HostilePeer.connect((InetSocketAddress) server.localAddress())) {
        port = peer.localPort();
        peer.roundTrip();
        assertThat(ledger.awaitSession(port, 0)).isNull();

        FutureTask<Boolean> found =
            new FutureTask<>(() -> ledger.awaitSession(port, LONG_MILLIS) != null);
        Thread asker = Thread.ofPlatform().start(found);
        await().until(() -> asker.getState() == Thread.State.TIMED_WAITING);
        handlerMayRun.countDown();
        assertThat(found.get()).isTrue();
      }
      assertThat(ledger.awaitEnding(port, LONG_MILLIS)).isNotNull();
      assertThat(ledger.awaitSession(port, LONG_MILLIS)).isNull();
    }
  }
}
