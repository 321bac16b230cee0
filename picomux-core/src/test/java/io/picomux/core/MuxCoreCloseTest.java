package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** close(), abort(), resets and the end of a session. */
class MuxCoreCloseTest {
  private static final String OFFERS =
      "{\"next_ping_in_ms\":1,\"picomux_java\":{\"half_close\":1,\"reset\":1}}";

  @Test
  void whatIsPendingGoesOutBeforeTheFin() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.opened();
    driver.write(stream, 12 * 8192);
    driver.close(stream);
    assertThat(driver.sent()).hasSize(10).allMatch(line -> line.equals("PSH L1 8192"));
    driver.more(stream, 5);
    assertThat(driver.sent()).containsExactly("PSH L1 8192", "PSH L1 8192", "FIN L1");
    assertThat(stream.state()).isEqualTo(StreamState.DISCARDING);
    driver.fin(stream);
    driver.assertNothingLeft();
  }

  @Test
  void closingTwiceOrAfterTheEndChangesNothing() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.accept(3);
    driver.close(stream);
    driver.close(stream);
    assertThat(driver.sent()).containsExactly("FIN 3");
    driver.fin(stream);
    driver.close(stream);
    driver.finish(stream);
    driver.core.abort(stream, driver.nowNanos);
    driver.write(stream, 10);
    assertThat(driver.sent()).isEmpty();
    driver.assertNothingLeft();
  }

  /** The transport takes nothing for so long that the stream is given up before its notice goes. */
  @Test
  void nothingIsHandedOutForAStreamThatIsToldToBeOver() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    driver.ping(OFFERS);
    CoreStream stream = driver.accept(3);
    driver.finish(stream);
    assertThat(driver.sent()).containsExactly("PONG", "FIN 3");
    driver.core.abort(stream, driver.nowNanos);
    driver.pass(31 * CoreDriver.SECOND);
    assertThat(stream.state()).isEqualTo(StreamState.ENDED);
    assertThat(driver.sent()).isEmpty();
    driver.assertNothingLeft();
  }

  /** The FIN of a Rust peer waits for credit like data does. */
  @Test
  void aClosedStreamGrantsTheFloorUntilThePeersFin() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.accept(3);
    for (int i = 0; i < 10; i++) {
      driver.data(stream, 8192);
    }
    assertThat(driver.sent()).as("nobody reads").isEmpty();
    driver.close(stream);
    assertThat(driver.sent()).containsExactly("MORE 3 10", "FIN 3");
    assertThat(driver.core.unreadBytes()).isZero();
    assertThat(driver.data(stream, 8192)).isFalse();
    assertThat(driver.sent()).containsExactly("MORE 3 1");
    assertThat(stream.unreadFrames()).as("discarded is read").isZero();
    driver.fin(stream);
    assertThat(driver.core.stats(0).discardedBytes()).isEqualTo(8192);
    driver.assertNothingLeft();
  }

  /** The engine may throw away later what it holds; the peer's FIN must not wait for that. */
  @Test
  void closingGrantsTheFloorBeforeAnythingIsThrownAway() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.accept(3);
    for (int i = 0; i < 10; i++) {
      driver.data(stream, 1);
    }
    assertThat(stream.receiveCreditFrames()).isZero();
    driver.core.close(stream, driver.nowNanos);
    assertThat(driver.sent())
        .as("10 bytes leave room for 9 whole frames")
        .containsExactly("MORE 3 9", "FIN 3");
  }

  @Test
  void abortAfterTheFinStillTellsAPeerThatUnderstandsIt() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    driver.ping(OFFERS);
    CoreStream stream = driver.accept(3);
    driver.finish(stream);
    assertThat(driver.sent()).containsExactly("PONG", "FIN 3");
    driver.core.abort(stream, driver.nowNanos);
    assertThat(driver.sent()).containsExactly("NOP 3");
  }

  @Test
  void atMostFourMebibytesAreDiscardedForCredit() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.accept(3);
    driver.close(stream);
    assertThat(driver.sent()).containsExactly("FIN 3");
    int discardedFrames = 0;
    while (stream.receiveCreditFrames() > 0) {
      assertThat(driver.data(stream, 8192)).isFalse();
      discardedFrames++;
      driver.sent();
    }
    // 512 frames of 8 KiB are 4 MiB; the credit that is out by then is not taken back.
    assertThat(discardedFrames).isEqualTo(512 - 1 + 10);
    CoreDriver.assertViolation(
        () -> driver.data(stream, 1),
        Violation.WINDOW_OVERRUN,
        3,
        "a data frame of 1 bytes came for stream 3, whose credit is 0 frames");
  }

  @Test
  void aPeerThatNeverFinishesIsGivenUpAfterThirtySeconds() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.accept(3);
    driver.pass(7 * CoreDriver.SECOND);
    driver.close(stream);
    assertThat(driver.sent()).containsExactly("FIN 3");
    driver.pass(30 * CoreDriver.SECOND - 1);
    assertThat(driver.core.liveStreams()).isOne();
    driver.pass(1);
    assertThat(driver.events()).containsExactly("3 FIN_SENT ENDED");
    driver.assertNothingLeft();
    assertThat(driver.data(3, 100)).as("late frames stay free").isFalse();
    assertThat(driver.core.stats(0).noiseFrames()).isZero();
  }

  @Test
  void bytesThatCannotBeDeliveredWithinThirtySecondsAreDropped() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.opened();
    driver.write(stream, 11 * 8192);
    driver.close(stream);
    assertThat(driver.sent()).hasSize(10);
    driver.pass(30 * CoreDriver.SECOND - 1);
    assertThat(driver.sent()).isEmpty();
    driver.pass(1);
    assertThat(stream.sendFailure()).isEqualTo(StreamFailure.LINGER_EXPIRED);
    assertThat(driver.sent()).containsExactly("FIN L1");
    driver.pass(30 * CoreDriver.SECOND);
    driver.assertNothingLeft();
  }

  @Test
  void abortDropsWhatIsPending() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.opened();
    driver.write(stream, 5_000);
    driver.core.abort(stream, driver.nowNanos);
    assertThat(driver.sent()).containsExactly("FIN L1");
    assertThat(driver.events()).containsExactly("L1 FIN_SENT SEND_FAILED CLOSED");
    driver.fin(stream);
    driver.assertNothingLeft();
  }

  @Test
  void abortCutsShortWhatACloseLeftInTheBackground() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.opened();
    driver.write(stream, 11 * 8192);
    driver.close(stream);
    assertThat(driver.sent()).hasSize(10);
    driver.core.abort(stream, driver.nowNanos);
    assertThat(driver.sent()).containsExactly("FIN L1");
  }

  @Test
  void aPeerThatUnderstandsItIsToldOfAReset() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    driver.ping(OFFERS);
    assertThat(driver.sent()).containsExactly("PONG");
    CoreStream stream = driver.opened();
    driver.core.abort(stream, driver.nowNanos);
    assertThat(driver.sent()).containsExactly("NOP L1", "FIN L1");
    driver.fin(stream);
    driver.assertNothingLeft();
  }

  /** Who drops a stream at once must not give the peer data that looks complete. */
  @Test
  void aResetWaitsForThePingThatSaysWhetherThePeerUnderstandsIt() throws Exception {
    CoreDriver driver = CoreDriver.unheard(MuxConfig.DEFAULT);
    CoreStream stream = driver.opened();
    driver.write(stream, 10);
    assertThat(driver.sent()).containsExactly("PSH L1 10");
    driver.core.abort(stream, driver.nowNanos);
    assertThat(driver.sent()).isEmpty();
    driver.ping(OFFERS);
    assertThat(driver.sent()).containsExactly("PONG", "NOP L1", "FIN L1");
    driver.fin(stream);
    driver.assertNothingLeft();
  }

  @Test
  void aPingWithoutAnOfferLetsTheResetLookLikeAnEnd() throws Exception {
    CoreDriver driver = CoreDriver.unheard(MuxConfig.DEFAULT);
    CoreStream stream = driver.opened();
    driver.core.abort(stream, driver.nowNanos);
    assertThat(driver.sent()).isEmpty();
    driver.ping(CoreDriver.PLAIN_PING);
    assertThat(driver.sent()).containsExactly("PONG", "FIN L1");
    driver.fin(stream);
    driver.assertNothingLeft();
  }

  @Test
  void aResetDoesNotWaitForeverForAPing() throws Exception {
    CoreDriver driver = CoreDriver.unheard(MuxConfig.DEFAULT);
    CoreStream stream = driver.opened();
    driver.core.abort(stream, driver.nowNanos);
    assertThat(driver.sent()).isEmpty();
    driver.pass(5 * CoreDriver.SECOND - 1);
    assertThat(driver.sent()).isEmpty();
    driver.pass(1);
    assertThat(driver.sent()).containsExactly("FIN L1");
    driver.ping(OFFERS);
    assertThat(driver.sent())
        .as("what the FIN has said cannot be taken back")
        .containsExactly("PONG");
    driver.fin(stream);
    driver.assertNothingLeft();
  }

  @Test
  void withoutAnOfferOfOursAResetWaitsForNothing() throws Exception {
    CoreDriver driver = CoreDriver.unheard(MuxConfig.DEFAULT.withOfferHalfClose(false));
    CoreStream stream = driver.opened();
    driver.core.abort(stream, driver.nowNanos);
    assertThat(driver.sent()).containsExactly("FIN L1");
  }

  @Test
  void aPeerThatUnderstandsItIsToldOfARefusal() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    driver.ping(OFFERS);
    driver.core.refuseStreams();
    assertThat(driver.syn(3, 0)).isNull();
    assertThat(driver.syn(4, 0)).isNull();
    assertThat(driver.sent()).containsExactly("PONG", "NOP 3", "FIN 3", "NOP 4", "FIN 4");
  }

  @Test
  void aRefusalByThePeerFailsTheStreamThatWasOpened() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.opened();
    driver.control(Command.NOP, stream.id(), ResetNotice.refused());
    driver.fin(stream);
    assertThat(driver.events())
        .containsExactly("L1 PEER_FIN SEND_FAILED REFUSED RECEIVE_FAILED REFUSED");
    assertThat(driver.sent()).containsExactly("FIN L1");
    driver.close(stream);
    driver.assertNothingLeft();
  }

  @Test
  void withoutAnOfferOfOursANoticeIsANopLikeAnyOther() throws Exception {
    CoreDriver driver = CoreDriver.calm(MuxConfig.DEFAULT.withOfferHalfClose(false));
    CoreStream stream = driver.accept(3);
    driver.control(Command.NOP, 3, ResetNotice.reset());
    assertThat(stream.sendFailure()).isNull();
    assertThat(driver.core.stats(0).noiseFrames()).isOne();
  }

  @Test
  void aResetByThePeerFailsBothDirections() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.accept(3);
    driver.data(stream, 10);
    driver.write(stream, 11 * 8192);
    assertThat(driver.sent()).hasSize(10);
    driver.control(Command.NOP, 3, ResetNotice.reset());
    driver.fin(stream);
    assertThat(driver.events())
        .containsExactly("3 PEER_FIN SEND_FAILED RESET RECEIVE_FAILED RESET");
    assertThat(driver.sent()).as("the answer to a reset is a FIN").containsExactly("FIN 3");
    driver.close(stream);
    driver.assertNothingLeft();
  }

  @Test
  void whatIsAttachedIsLetGoWhenNobodyNeedsIt() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.accept(3);
    driver.core.finish(stream, false, driver.nowNanos);
    assertThat(driver.sent()).containsExactly("FIN 3");
    stream.detachIfDone();
    assertThat(stream.source()).as("the application may still read").isNotNull();
    driver.close(stream);
    assertThat(driver.events()).containsExactly("3 FIN_SENT");
    stream.detachIfDone();
    assertThat(stream.source()).isNull();
    driver.fin(stream);
    driver.assertNothingLeft();
  }

  /** A writer has yet to hear that its stream has failed with its session. */
  @Test
  void whatIsAttachedIsKeptWhileThereAreEventsToTell() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.accept(3);
    driver.write(stream, 11 * 8192);
    assertThat(driver.sent()).hasSize(10);
    driver.core.end();
    driver.close(stream);
    stream.detachIfDone();
    assertThat(stream.source()).isNotNull();
    assertThat(stream.takeEvents()).isNotZero();
    stream.detachIfDone();
    assertThat(stream.source()).isNull();
  }

  @Test
  void whatIsAttachedIsKeptUntilTheFinIsOut() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.accept(3);
    driver.write(stream, 11 * 8192);
    driver.close(stream);
    assertThat(driver.sent()).hasSize(10);
    stream.detachIfDone();
    assertThat(stream.source()).isNotNull();
    driver.more(stream, 1);
    assertThat(driver.sent()).containsExactly("PSH 3 8192", "FIN 3");
    assertThat(driver.events()).containsExactly("3 FIN_SENT");
    stream.detachIfDone();
    assertThat(stream.source()).isNull();
  }

  /** A peer cannot keep a stream for ever by repeating that it is over. */
  @Test
  void repeatedResetsDoNotKeepAStreamAlive() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.accept(3);
    driver.close(stream);
    driver.sent();
    for (int i = 0; i < 40; i++) {
      driver.control(Command.NOP, 3, ResetNotice.reset());
      driver.sent();
      driver.pass(CoreDriver.SECOND);
    }
    driver.assertNothingLeft();
  }

  @Test
  void theEndFailsWhatIsLiveAndLeavesNothing() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    assertThat(driver.core.isEnded()).isFalse();
    CoreStream open = driver.accept(1);
    CoreStream peerFinished = driver.accept(2);
    driver.fin(peerFinished);
    CoreStream finished = driver.accept(3);
    driver.core.finish(finished, false, driver.nowNanos);
    driver.sent();
    CoreStream unread = driver.accept(4);
    driver.data(unread, 100);
    driver.fin(unread);
    driver.core.finish(unread, false, driver.nowNanos);
    driver.sent();
    CoreStream waiting = driver.syn(5, 10);
    driver.events();
    driver.core.end();
    driver.core.end();
    assertThat(driver.core.isEnded()).isTrue();
    assertThat(driver.events())
        .containsExactlyInAnyOrder(
            "1 SEND_FAILED SESSION_ENDED RECEIVE_FAILED SESSION_ENDED ENDED",
            "2 SEND_FAILED SESSION_ENDED ENDED",
            "3 RECEIVE_FAILED SESSION_ENDED ENDED",
            "5 SEND_FAILED SESSION_ENDED RECEIVE_FAILED SESSION_ENDED ENDED");
    assertThat(driver.core.unreadBytes()).as("metadata and unread data").isEqualTo(110);
    for (CoreStream stream : new CoreStream[] {open, peerFinished, finished, unread}) {
      driver.close(stream);
    }
    if (waiting != null) {
      driver.close(waiting);
    }
    driver.assertNothingLeft();
    assertThat(driver.core.handleTimeout(Long.MAX_VALUE)).isFalse();
    assertThat(driver.core.wantsToWrite()).isFalse();
  }

  @Test
  void nobodyDiesAfterTheEnd() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    driver.core.requestPing(0);
    assertThat(driver.core.nextDeadlineNanos()).isBetween(1L, 30 * CoreDriver.SECOND);
    driver.core.end();
    assertThat(driver.core.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(driver.core.handleTimeout(30 * CoreDriver.SECOND)).isFalse();
  }

  @Test
  void aSessionIsFlushedWhenEveryStreamHasHandedOutItsFin() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    assertThat(driver.core.isFlushed()).isTrue();
    CoreStream stream = driver.opened();
    assertThat(driver.core.isFlushed()).as("it may still write").isFalse();
    driver.write(stream, 11 * 8192);
    driver.close(stream);
    driver.sent();
    assertThat(driver.core.isFlushed()).as("a frame waits for credit").isFalse();
    driver.more(stream, 1);
    assertThat(driver.core.isFlushed()).isFalse();
    driver.sent();
    assertThat(driver.core.isFlushed()).isTrue();
  }

  /** The end of the transport is a clean one when nobody misses anything. */
  @Test
  void streamsThatStillHaveToMoveDataAreOpen() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    assertThat(driver.core.hasOpenStreams()).isFalse();
    CoreStream stream = driver.opened();
    assertThat(driver.core.hasOpenStreams()).isTrue();
    driver.fin(stream);
    assertThat(driver.core.hasOpenStreams()).as("all of the peer's data is here").isFalse();
    driver.write(stream, 1);
    assertThat(driver.core.hasOpenStreams()).as("a byte waits").isTrue();
    driver.sent();
    assertThat(driver.core.hasOpenStreams()).isFalse();
    CoreStream closed = driver.accept(9);
    driver.close(closed);
    assertThat(driver.core.hasOpenStreams()).as("nobody wants what may still come").isFalse();
  }
}
