package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What FIN means in each mode, and how AUTO finds out which one the peer follows. */
class MuxCoreFinTest {
  private static final String OFFER =
      "{\"next_ping_in_ms\":1800000,\"picomux_java\":{\"half_close\":1}}";

  private static CoreDriver mode(FinMode mode) throws ProtocolViolationException {
    return CoreDriver.calm(MuxConfig.DEFAULT.withFinMode(mode));
  }

  @Test
  void autoHoldsTheFinForFiveSeconds() throws Exception {
    CoreDriver driver = mode(FinMode.AUTO);
    CoreStream stream = driver.opened();
    driver.write(stream, 10);
    driver.finish(stream);
    assertThat(driver.sent()).containsExactly("PSH L1 10");
    assertThat(stream.state()).isEqualTo(StreamState.FINISHING);
    driver.pass(5 * CoreDriver.SECOND - 1);
    assertThat(driver.sent()).isEmpty();
    driver.pass(1);
    assertThat(driver.sent()).containsExactly("FIN L1");
    assertThat(stream.state()).isEqualTo(StreamState.FINISHED);
    assertThat(driver.events()).containsExactly("L1 FIN_SENT");
  }

  @Test
  void theHoldBeginsWhenTheLastByteIsOut() throws Exception {
    CoreDriver driver = mode(FinMode.AUTO);
    CoreStream stream = driver.opened();
    driver.write(stream, 11 * 8192);
    driver.finish(stream);
    assertThat(driver.sent()).hasSize(10);
    driver.pass(20 * CoreDriver.SECOND);
    assertThat(driver.sent()).isEmpty();
    driver.more(stream, 1);
    assertThat(driver.sent()).containsExactly("PSH L1 8192");
    driver.pass(5 * CoreDriver.SECOND - 1);
    assertThat(driver.sent()).isEmpty();
    driver.pass(1);
    assertThat(driver.sent()).containsExactly("FIN L1");
  }

  @Test
  void finishingAgainDoesNotHoldTheFinAgain() throws Exception {
    CoreDriver driver = mode(FinMode.AUTO);
    CoreStream stream = driver.opened();
    driver.finish(stream);
    assertThat(driver.sent()).isEmpty();
    driver.pass(5 * CoreDriver.SECOND);
    driver.finish(stream);
    assertThat(driver.sent()).containsExactly("FIN L1");
  }

  @Test
  void autoHoldsNothingThatMayNotBeHeld() throws Exception {
    CoreDriver driver = mode(FinMode.AUTO);
    CoreStream stream = driver.opened();
    driver.core.finish(stream, false, driver.nowNanos);
    assertThat(driver.sent()).containsExactly("FIN L1");
  }

  @Test
  void aHoldOfZeroHoldsNothing() throws Exception {
    CoreDriver driver = CoreDriver.calm(CoreDriver.limits(MuxLimits.builder().finHoldNanos(0)));
    CoreStream stream = driver.opened();
    driver.finish(stream);
    assertThat(driver.sent()).containsExactly("FIN L1");
  }

  @Test
  void anOfferInThePingReleasesTheFin() throws Exception {
    CoreDriver driver = mode(FinMode.AUTO);
    CoreStream stream = driver.opened();
    driver.finish(stream);
    driver.ping(CoreDriver.PLAIN_PING);
    assertThat(driver.sent()).containsExactly("PONG");
    assertThat(driver.core.isHalfCloseCertain()).isFalse();
    driver.ping(OFFER);
    assertThat(driver.core.isHalfCloseCertain()).isTrue();
    assertThat(driver.sent()).containsExactly("PONG", "FIN L1");
    assertThat(stream.state()).isEqualTo(StreamState.FINISHED);
    assertThat(driver.core.nextDeadlineNanos())
        .as("the hold's deadline is gone")
        .isGreaterThan(60 * CoreDriver.SECOND);
  }

  @Test
  void anOfferCountsForStreamsThatFinishLater() throws Exception {
    CoreDriver driver = mode(FinMode.AUTO);
    driver.ping(OFFER);
    assertThat(driver.sent()).containsExactly("PONG");
    CoreStream stream = driver.opened();
    driver.finish(stream);
    assertThat(driver.sent()).containsExactly("FIN L1");
  }

  /** A MORE for a stream after the peer's own FIN on it proves a crate of 0.3 or later. */
  @Test
  void aMoreAfterThePeersFinReleasesTheFin() throws Exception {
    CoreDriver driver = mode(FinMode.AUTO);
    CoreStream held = driver.opened();
    driver.finish(held);
    CoreStream other = driver.accept(5);
    driver.more(other, 3);
    assertThat(driver.sent()).isEmpty();
    driver.fin(other);
    assertThat(driver.sent()).isEmpty();
    driver.more(other, 3);
    assertThat(driver.core.isHalfCloseCertain()).isTrue();
    assertThat(driver.sent()).containsExactly("FIN L1");
  }

  @Test
  void theEndOfTheOtherDirectionReleasesTheFin() throws Exception {
    CoreDriver driver = mode(FinMode.AUTO);
    CoreStream stream = driver.opened();
    driver.finish(stream);
    assertThat(driver.sent()).isEmpty();
    driver.fin(stream);
    assertThat(driver.sent()).containsExactly("FIN L1");
    driver.close(stream);
    assertThat(driver.events()).containsExactly("L1 PEER_FIN FIN_SENT ENDED");
    driver.assertNothingLeft();
  }

  @Test
  void closeReleasesTheFin() throws Exception {
    CoreDriver driver = mode(FinMode.AUTO);
    CoreStream stream = driver.opened();
    driver.finish(stream);
    assertThat(driver.sent()).isEmpty();
    driver.close(stream);
    assertThat(driver.sent()).containsExactly("FIN L1");
  }

  @Test
  void halfCloseSendsTheFinAtOnceAndGoesOnReading() throws Exception {
    CoreDriver driver = mode(FinMode.HALF_CLOSE);
    assertThat(driver.core.isHalfCloseCertain()).isTrue();
    CoreStream stream = driver.opened();
    driver.finish(stream);
    assertThat(driver.sent()).containsExactly("FIN L1");
    assertThat(driver.data(stream, 100)).isTrue();
    driver.read(stream, 1);
    assertThat(driver.sent()).containsExactly("MORE L1 1");
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "HALF_CLOSE"})
  void writingGoesOnAfterThePeersFin(FinMode mode) throws Exception {
    CoreDriver driver = mode(mode);
    CoreStream stream = driver.opened();
    driver.fin(stream);
    driver.write(stream, 20_000);
    assertThat(driver.sent()).containsExactly("PSH L1 8192", "PSH L1 8192", "PSH L1 3616");
    driver.finish(stream);
    driver.close(stream);
    assertThat(driver.sent()).containsExactly("FIN L1");
    driver.assertNothingLeft();
  }

  @Test
  void fullCloseAnswersThePeersFinAtOnceAndDropsWhatIsPending() throws Exception {
    CoreDriver driver = mode(FinMode.FULL_CLOSE);
    CoreStream stream = driver.opened();
    driver.data(stream, 5);
    driver.write(stream, 20_000);
    driver.fin(stream);
    assertThat(driver.sent()).containsExactly("FIN L1");
    assertThat(driver.events())
        .containsExactly("L1 PEER_FIN FIN_SENT SEND_FAILED PEER_CLOSED ENDED");
    assertThat(driver.core.unreadBytes()).as("what came can still be read").isEqualTo(5);
    driver.read(stream, 1);
    driver.close(stream);
    driver.assertNothingLeft();
  }

  @Test
  void fullCloseHoldsNoFinWhateverThePeerOffers() throws Exception {
    CoreDriver driver = mode(FinMode.FULL_CLOSE);
    driver.ping(OFFER);
    assertThat(driver.core.isHalfCloseCertain()).isFalse();
    assertThat(driver.sent()).containsExactly("PONG");
    CoreStream stream = driver.opened();
    driver.finish(stream);
    assertThat(driver.sent()).containsExactly("FIN L1");
  }

  /** Nothing of ours was cut off: the peer has all of it. */
  @Test
  void fullCloseIsNoFailureForOneThatHasFinished() throws Exception {
    CoreDriver driver = mode(FinMode.FULL_CLOSE);
    CoreStream stream = driver.opened();
    driver.write(stream, 10);
    assertThat(driver.sent()).containsExactly("PSH L1 10");
    driver.finish(stream);
    driver.fin(stream);
    assertThat(stream.sendFailure()).isNull();
    assertThat(driver.sent()).containsExactly("FIN L1");
    assertThat(driver.events()).containsExactly("L1 PEER_FIN FIN_SENT ENDED");
  }

  @ParameterizedTest
  @EnumSource
  void finAfterFinIsLegal(FinMode mode) throws Exception {
    CoreDriver driver = mode(mode);
    CoreStream stream = driver.opened();
    driver.fin(stream);
    driver.fin(stream);
    assertThat(driver.events().get(0)).startsWith("L1 PEER_FIN");
    driver.fin(stream);
    assertThat(driver.events()).as("end of file is told once").isEmpty();
    driver.close(stream);
    driver.sent();
    driver.fin(stream);
    driver.fin(stream);
    driver.assertNothingLeft();
  }

  @ParameterizedTest
  @EnumSource
  void aFinMayComeBeforeOurSynIsOut(FinMode mode) throws Exception {
    CoreDriver driver = mode(mode);
    CoreStream stream = driver.open(2);
    driver.write(stream, 5);
    driver.fin(stream);
    driver.close(stream);
    assertThat(driver.sent())
        .startsWith("PING", "SYN L1 2")
        .endsWith("FIN L1")
        .doesNotHaveDuplicates();
    driver.assertNothingLeft();
  }

  @Test
  void dataAfterThePeersFinIsIgnored() throws Exception {
    CoreDriver driver = mode(FinMode.AUTO);
    CoreStream stream = driver.opened();
    driver.fin(stream);
    for (int i = 0; i < 50; i++) {
      assertThat(driver.data(stream, 10)).isFalse();
    }
    assertThat(driver.core.stats(0).lateFrames()).isEqualTo(50);
    assertThat(driver.core.unreadBytes()).isZero();
  }

  @Test
  void dataBeforeThePeersFinIsKeptUntilItIsRead() throws Exception {
    CoreDriver driver = mode(FinMode.AUTO);
    CoreStream stream = driver.opened();
    driver.data(stream, 10);
    driver.fin(stream);
    driver.finish(stream);
    assertThat(driver.sent()).containsExactly("FIN L1");
    assertThat(driver.core.unreadBytes()).isEqualTo(10);
    driver.read(stream, 1);
    driver.close(stream);
    driver.assertNothingLeft();
  }

  /** A Rust peer that dropped the stream says nothing after its FIN. */
  @Test
  void aPeerThatFinishedAndGrantsNothingForThirtySecondsIsGone() throws Exception {
    CoreDriver driver = mode(FinMode.AUTO);
    CoreStream stream = driver.opened();
    driver.fin(stream);
    driver.pass(100 * CoreDriver.SECOND);
    driver.write(stream, 20 * 8192);
    assertThat(driver.sent()).hasSize(10);
    driver.pass(30 * CoreDriver.SECOND - 1);
    assertThat(stream.sendFailure()).isNull();
    driver.pass(1);
    assertThat(stream.sendFailure()).isEqualTo(StreamFailure.PEER_GONE);
    assertThat(driver.events()).containsExactly("L1 PEER_FIN SEND_FAILED PEER_GONE");
    assertThat(driver.sent()).as("the application has not closed yet").isEmpty();
    driver.close(stream);
    assertThat(driver.sent()).containsExactly("FIN L1");
    driver.assertNothingLeft();
  }

  @Test
  void theTimeForAPeerThatIsGoneRunsFromItsFinAndEndsWithItsCredit() throws Exception {
    CoreDriver driver = mode(FinMode.AUTO);
    CoreStream stream = driver.opened();
    driver.write(stream, 20 * 8192);
    assertThat(driver.sent()).hasSize(10);
    driver.pass(100 * CoreDriver.SECOND);
    driver.fin(stream);
    driver.pass(29 * CoreDriver.SECOND);
    driver.more(stream, 1);
    assertThat(driver.sent()).hasSize(1);
    driver.pass(30 * CoreDriver.SECOND - 1);
    assertThat(stream.sendFailure()).isNull();
    driver.more(stream, 0);
    driver.pass(1);
    assertThat(stream.sendFailure()).as("no credit is no sign").isEqualTo(StreamFailure.PEER_GONE);
  }

  @Test
  void aWriterThatTookItsBytesBackIsNotFailed() throws Exception {
    CoreDriver driver = mode(FinMode.AUTO);
    CoreStream stream = driver.opened();
    driver.fin(stream);
    driver.write(stream, 11 * 8192);
    assertThat(driver.sent()).hasSize(10);
    driver.pass(10 * CoreDriver.SECOND);
    CoreDriver.pending(stream).bytes = 0;
    driver.pass(60 * CoreDriver.SECOND);
    assertThat(stream.sendFailure()).isNull();
    driver.write(stream, 5);
    driver.pass(30 * CoreDriver.SECOND);
    assertThat(stream.sendFailure()).isEqualTo(StreamFailure.PEER_GONE);
  }

  @Test
  void anIdleWriterIsNeverGoneWhateverThePeerGrants() throws Exception {
    CoreDriver driver = mode(FinMode.AUTO);
    CoreStream stream = driver.opened();
    driver.fin(stream);
    driver.write(stream, 10 * 8192);
    assertThat(driver.sent()).hasSize(10);
    driver.pass(1_000 * CoreDriver.SECOND);
    assertThat(stream.sendFailure()).isNull();
  }
}
