package io.picomux;

import static io.picomux.Conditions.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.Command;
import io.picomux.core.SessionEnd;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process whose sessions hold more than there is memory for. */
@Timeout(60)
class MemoryGuardTest {
  private long others;

  /** Sessions that are none hold this much. */
  private void othersHold(long bytes) {
    ProcessMemory.SHARED.addUnread(bytes - others);
    others = bytes;
  }

  @AfterEach
  void forgetOthers() {
    othersHold(0);
  }

  @Test
  void theSessionThatHoldsMostIsEndedAndTheOthersGoOn() throws Exception {
    try (RawPeer modest = RawPeer.of(SessionPair.Kind.CHANNEL);
        RawPeer greedy = RawPeer.of(SessionPair.Kind.CHANNEL)) {
      modest.send(Command.SYN, 1);
      modest.send(Command.PSH, 1, new byte[1000]);
      MuxStream kept = modest.mux().accept();
      greedy.send(Command.SYN, 1);
      greedy.send(Command.PSH, 1, new byte[5000]);
      MuxStream lost = greedy.mux().accept();
      until(() -> lost.stats().unreadBytes() == 5000 && kept.stats().unreadBytes() == 1000);

      othersHold(MemoryGuard.SHED_BYTES - 5000);
      modest.send(Command.PSH, 1, new byte[1]);

      SessionException end = greedy.mux().onTermination().get();
      assertThat(end.reason()).isEqualTo(SessionEnd.OVERLOADED);
      assertThat(end.getMessage())
          .contains("at most " + MemoryGuard.SHED_BYTES + " are allowed")
          .contains("this one held most, ");
      until(() -> lost.stats().unreadBytes() == 0);
      Throwing.failsSession(() -> lost.inputStream().read(), SessionEnd.OVERLOADED);
      assertThat(kept.inputStream().readNBytes(1001)).hasSize(1001);
      assertThat(modest.mux().isAlive()).isTrue();
    }
  }

  @Test
  void aServerBeginsNoSessionsWhileThePoolsAreUsedUp() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (PicoMuxServer server = PicoMuxServer.listen(any, session -> session.accept())) {
      othersHold(MemoryGuard.REFUSE_BYTES + 1);
      try (PicoMux refused = PicoMux.connect(server.localAddress())) {
        refused.awaitTermination();
      }
      assertThat(server.refusals()).isEqualTo(Map.of(SessionRefusal.LITTLE_MEMORY, 1L));
      othersHold(0);
      try (PicoMux admitted = PicoMux.connect(server.localAddress())) {
        assertThat(admitted.ping(Duration.ofSeconds(20))).isPositive();
      }
      assertThat(server.refusedSessions()).isEqualTo(1);
    }
  }

  @Test
  void aFrameThatComesInPartTakesWhatHasComeOfIt() throws Exception {
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL)) {
      until(() -> PicoMux.processStats().unreadBytes() == 0);
      byte[] header = {1, 0, (byte) 0xFF, (byte) 0xFF, 1, 0, 0, 0};
      peer.sendRaw(header);
      peer.sendRaw(new byte[1000]);
      until(() -> PicoMux.processStats().unreadBytes() > 0);
      assertThat(PicoMux.processStats().unreadBytes()).isBetween(1L, 2000L);
      peer.sendRaw(new byte[64_535]);
      assertThat(peer.mux().accept().metadata()).hasSize(65_535);
      until(() -> PicoMux.processStats().unreadBytes() == 65_535);
    }
    until(() -> PicoMux.processStats().unreadBytes() == 0);
  }
}
