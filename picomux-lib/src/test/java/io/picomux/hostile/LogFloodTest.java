package io.picomux.hostile;

import static io.picomux.Conditions.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.LogCapture;
import io.picomux.PicoMuxServer;
import io.picomux.SessionHandler;
import io.picomux.core.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that exist to fill the log, and with it the disk. */
@Timeout(60)
class LogFloodTest {
  private static final int CONNECTIONS = 400;

  /** A burst and what a minute adds to it, for each of two kinds of record; rounded up. */
  private static final int MOST_RECORDS = 100;

  @Test
  void sessionsThatEndBadlyAreNotEachLogged() throws Exception {
    SessionHandler waiting = session -> session.awaitTermination();
    assertFewRecords(waiting, new HostilePeer.Burst().add(Command.MORE, 1, new byte[3]));
  }

  @Test
  void handlersThatFailAreNotEachLogged() throws Exception {
    SessionHandler failing =
        session -> {
          session.accept();
          throw new IOException("what the peer has sent is of no use");
        };
    assertFewRecords(failing, new HostilePeer.Burst().add(Command.SYN, 1));
  }

  @Test
  void handlersThatBreakDownAreNotEachLogged() throws Exception {
    SessionHandler failing =
        session -> {
          session.accept();
          throw new StackOverflowError("thrown by the handler on request");
        };
    assertFewRecords(failing, new HostilePeer.Burst().add(Command.SYN, 1));
  }

  private static void assertFewRecords(SessionHandler handler, HostilePeer.Burst attack)
      throws Exception {
    AtomicInteger uncaught = new AtomicInteger();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> uncaught.incrementAndGet());
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (LogCapture log = new LogCapture();
        PicoMuxServer server = PicoMuxServer.listen(any, handler)) {
      for (int i = 0; i < CONNECTIONS; i++) {
        try (HostilePeer peer = HostilePeer.connect((InetSocketAddress) server.localAddress())) {
          peer.send(attack);
          peer.awaitEnd();
        }
      }
      until(() -> server.sessions().isEmpty());
      assertThat(log.recordsOf("").size()).isLessThanOrEqualTo(MOST_RECORDS);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    assertThat(uncaught).hasValue(0);
  }
}
