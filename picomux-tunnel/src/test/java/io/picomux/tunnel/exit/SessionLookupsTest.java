package io.picomux.tunnel.exit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SessionLookupsTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final CountDownLatch testOver = new CountDownLatch(1);
  private final LookupTurns turns = new LookupTurns();
  private final SystemResolver silent =
      new SystemResolver(name -> {
        try {
          testOver.await();
        } catch (InterruptedException e) {
          throw new InterruptedIOException("given up");
        }
        throw new UnknownHostException(name);
      });

  @AfterEach
  void end() {
    testOver.countDown();
    silent.close();
  }

  @Test
  void anInterruptEndsTheWaitForTheSystem() throws Exception {
    try (SessionLookups lookups = new SessionLookups(share(1), silent, null, LONG)) {
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(InterruptedIOException.class)
          .isThrownBy(() -> lookups.resolve("localhost"));
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void anInterruptEndsTheWaitForATurn() throws Exception {
    LookupTurns.Share share = share(1);
    takeAll(share);
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptedIOException.class)
        .isThrownBy(() -> share.take(LONG.toNanos()));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void theSystemHasItsTimeAndKeepsTheTurnAfterIt() throws Exception {
    LookupTurns.Share share = share(1);
    try (SessionLookups lookups = new SessionLookups(share, silent, null, Duration.ofMillis(1))) {
      for (int i = 0; i < 16; i++) {
        assertThatExceptionOfType(SocketTimeoutException.class)
            .isThrownBy(() -> lookups.resolve("localhost"))
            .withMessageContaining("no answer for localhost");
      }
      assertThatExceptionOfType(SocketTimeoutException.class)
          .isThrownBy(() -> lookups.resolve("localhost"))
          .withMessageContaining("too many names");
    }
    testOver.countDown();
    // The system has answered: its turns come back.
    assertThat(share(1).take(LONG.toNanos())).isNotNull();
  }

  @Test
  void aTurnThatIsGivenBackGoesToWhoeverWaits() throws Exception {
    LookupTurns.Share share = share(1);
    List<LookupTurns.Turn> held = takeAll(share);
    Thread waiting =
        Thread.ofVirtual()
            .start(() -> {
              try {
                share.take(LONG.toNanos());
              } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    held.getFirst().close();
    held.getFirst().close();
    waiting.join();
    assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> share.take(1));
  }

  @Test
  void everyFurtherSessionAndAddressFindsATurn() throws Exception {
    int sessions = 0;
    for (int session = 0; session < 20; session++) {
      takeAll(share(1));
    }
    for (int address = 2; address < 20; address++) {
      try {
        share(address).take(1);
        sessions++;
      } catch (SocketTimeoutException e) {
        break;
      }
    }
    assertThat(sessions).as("addresses beside the one that hoards").isEqualTo(18);
  }

  @Test
  void whoWaitsHearsOfTheEnd() throws Exception {
    LookupTurns.Share share = share(1);
    takeAll(share);
    Thread closer = Thread.ofVirtual().unstarted(share::close);
    closer.start();
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> share.take(LONG.toNanos()))
        .satisfies(e -> assertThat(e.refusal()).isEqualTo(Refusal.CLOSING));
    turns.close();
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> share(2).take(LONG.toNanos()));
  }

  private LookupTurns.Share share(int lastOfAddress) throws Exception {
    return turns.share(
        new InetSocketAddress(
            InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) lastOfAddress}), 9));
  }

  /** Takes as many turns as the share gets. */
  private static List<LookupTurns.Turn> takeAll(LookupTurns.Share share) throws Exception {
    List<LookupTurns.Turn> held = new ArrayList<>();
    try {
      while (true) {
        held.add(share.take(TimeUnit.MICROSECONDS.toNanos(1)));
      }
    } catch (SocketTimeoutException e) {
      return held;
    }
  }
}
