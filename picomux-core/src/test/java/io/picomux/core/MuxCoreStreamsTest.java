package io.picomux.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Opening, accepting and refusing streams, and the order in which frames go out. */
class MuxCoreStreamsTest {
  private static final long HOUR = 3_600 * CoreDriver.SECOND;

  @Test
  void theFirstFrameIsAPingBeforeAnythingWasHeard() {
    CoreDriver driver = new CoreDriver(MuxConfig.DEFAULT);
    assertThat(driver.core.wantsToWrite()).isTrue();
    assertThat(driver.sent()).containsExactly("PING");
    assertThat(driver.core.wantsToWrite()).isFalse();
  }

  @Test
  void aSynWaitsNeitherForDataNorForTheAnswerToThePing() {
    CoreDriver driver = new CoreDriver(MuxConfig.DEFAULT);
    driver.open(3);
    assertThat(driver.sent()).containsExactly("PING", "SYN L1 3");
  }

  @Test
  void dataMayFollowTheSynAtOnceButNotPrecedeIt() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.open(3);
    driver.write(stream, 5);
    driver.finish(stream);
    driver.core.close(stream, driver.nowNanos);
    assertThat(driver.sent()).containsExactly("PING", "SYN L1 3", "PSH L1 5", "FIN L1");
  }

  @Test
  void metadataThatDoesNotFitIsRefusedWithNothingOnTheWire() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> driver.open(65_536))
        .withMessage("metadata is 65536 bytes, at most 65535 fit a frame");
    assertThat(driver.sent()).isEmpty();
    driver.assertNothingLeft();
    driver.open(65_535);
    assertThat(driver.sent()).containsExactly("PING", "SYN L1 65535");
  }

  @Test
  void nothingIsOpenedAfterTheEnd() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    driver.core.end();
    assertThatIllegalStateException()
        .isThrownBy(() -> driver.open(0))
        .withMessage("the session has ended");
    assertThat(driver.syn(7, 0)).isNull();
    assertThat(driver.core.pollFrame(new OutboundFrame(), 0)).isFalse();
    assertThat(driver.core.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    driver.assertNothingLeft();
  }

  @Test
  void controlGoesFirstThenWhoHasLittleToSendThenBulk() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream bulk = driver.opened();
    driver.write(bulk, 100_000);
    assertThat(driver.next()).isEqualTo("PSH L1 8192");
    assertThat(driver.next()).isEqualTo("PSH L1 8192");
    CoreStream inbound = driver.accept(9);
    driver.data(9, 10);
    driver.read(inbound, 1);
    driver.write(inbound, 20);
    driver.core.refuseStreams();
    assertThat(driver.syn(11, 0)).isNull();
    driver.ping("{\"next_ping_in_ms\":1}");
    driver.core.requestPing(driver.nowNanos);
    assertThat(driver.next()).isEqualTo("PONG");
    assertThat(driver.next()).isEqualTo("PING");
    assertThat(driver.next()).isEqualTo("FIN 11");
    assertThat(driver.next()).isEqualTo("MORE 9 1");
    assertThat(driver.next()).isEqualTo("PSH 9 20");
    assertThat(driver.next()).isEqualTo("PSH L1 8192");
  }

  @Test
  void dataIsCutToWhatThereIsRoomForUnlessOtherFramesComeFirst() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.opened();
    driver.write(stream, 9_000);
    assertThat(driver.nextCut(/* mostBodyBytes= */ 5_000)).isEqualTo("PSH L1 5000");
    assertThat(stream.pendingBytes()).isEqualTo(4_000);
    driver.open(6_000);
    assertThat(driver.nextCut(/* mostBodyBytes= */ 5_000)).isNull();
    assertThat(driver.next()).isEqualTo("PING");
    assertThat(driver.nextCut(/* mostBodyBytes= */ 5_000)).isNull();
    assertThat(driver.next()).isEqualTo("SYN L2 6000");
    assertThat(driver.next()).isEqualTo("PSH L1 4000");
    assertThat(driver.nextCut(/* mostBodyBytes= */ 5_000)).isNull();
  }

  /** Credit is in frames, whatever their length: what would just suffice still does. */
  @Test
  void dataIsNotCutWhereItsCreditWouldNotSufficeThen() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.opened();
    driver.write(stream, WireFormat.INITIAL_WINDOW_FRAMES * WireFormat.DATA_BODY_BYTES);
    assertThat(driver.nextCut(/* mostBodyBytes= */ 8_191)).isNull();
    assertThat(driver.nextCut(WireFormat.DATA_BODY_BYTES)).isEqualTo("PSH L1 8192");
    driver.more(stream, 1);
    assertThat(driver.nextCut(/* mostBodyBytes= */ 8_191)).isEqualTo("PSH L1 8191");
    assertThat(driver.sent()).hasSize(WireFormat.INITIAL_WINDOW_FRAMES - 1);
    assertThat(stream.pendingBytes()).isZero();
  }

  @Test
  void dataIsNotCutForAWhileWhereCreditWasUsedUp() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.opened();
    driver.write(stream, 11 * WireFormat.DATA_BODY_BYTES);
    assertThat(driver.sent()).hasSize(WireFormat.INITIAL_WINDOW_FRAMES);
    driver.more(stream, 2 * FrameQueue.FULL_FRAMES);
    for (int i = 0; i < FrameQueue.FULL_FRAMES; i++) {
      driver.write(stream, WireFormat.DATA_BODY_BYTES);
      assertThat(driver.nextCut(/* mostBodyBytes= */ 5_000)).isNull();
      assertThat(driver.next()).isEqualTo("PSH L1 8192");
    }
    assertThat(driver.nextCut(/* mostBodyBytes= */ 5_000)).isEqualTo("PSH L1 5000");
  }

  @Test
  void smallWritesGatherWhileAnEarlierFrameWaits() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.opened();
    for (int i = 0; i < 200; i++) {
      driver.write(stream, 100);
    }
    assertThat(driver.sent()).containsExactly("PSH L1 8192", "PSH L1 8192", "PSH L1 3616");
  }

  @Test
  void smallWritesGatherWhileCreditIsShort() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.opened();
    for (int i = 0; i < 10; i++) {
      driver.write(stream, 100);
      assertThat(driver.sent()).containsExactly("PSH L1 100");
    }
    for (int i = 0; i < 100; i++) {
      driver.write(stream, 100);
      assertThat(driver.sent()).isEmpty();
    }
    driver.more(stream, 1);
    assertThat(driver.sent()).containsExactly("PSH L1 8192");
    driver.more(stream, 5);
    assertThat(driver.sent()).containsExactly("PSH L1 1808");
    assertThat(stream.sendCreditFrames()).isEqualTo(4);
  }

  @Test
  void creditOfNothingChangesNothing() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.opened();
    driver.write(stream, 100_000);
    assertThat(driver.sent()).hasSize(10);
    driver.more(stream, 0);
    assertThat(driver.sent()).isEmpty();
  }

  @Test
  void aStreamIdOfZeroIsLegalFromAPeer() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.accept(0);
    assertThat(driver.data(0, 5)).isTrue();
    driver.read(stream, 1);
    driver.write(stream, 7);
    driver.fin(stream);
    driver.close(stream);
    assertThat(driver.sent()).containsExactly("PSH 0 7", "FIN 0");
    driver.assertNothingLeft();
  }

  @Test
  void aSynMayComeBeforeThePing() throws Exception {
    CoreDriver driver = new CoreDriver(MuxConfig.DEFAULT);
    CoreStream stream = driver.accept(5);
    assertThat(driver.data(5, 10)).isTrue();
    assertThat(stream.unreadFrames()).isEqualTo(1);
    driver.ping("[1800000]");
    assertThat(driver.sent()).containsExactly("PONG", "PING");
  }

  @Test
  void aSynForAClosedIdIsLegal() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    for (int i = 0; i < 3; i++) {
      CoreStream stream = driver.accept(77);
      driver.fin(stream);
      driver.close(stream);
      assertThat(driver.sent()).containsExactly("FIN 77");
    }
    CoreStream ours = driver.opened();
    driver.fin(ours);
    driver.close(ours);
    assertThat(driver.sent()).containsExactly("FIN L1");
    assertThat(driver.syn(ours.id(), 0)).isNotNull();
  }

  @Test
  void aSynForALiveIdIsAViolation() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    driver.accept(-1);
    CoreDriver.assertViolation(
        () -> driver.syn(-1, 5),
        Violation.DUPLICATE_SYN,
        -1,
        "SYN for stream 4294967295, which is open");
    CoreStream ours = driver.open(0);
    CoreDriver.assertViolation(
        () -> driver.syn(ours.id(), 5),
        Violation.DUPLICATE_SYN,
        ours.id(),
        "SYN for stream " + Integer.toUnsignedString(ours.id()) + ", which is open");
  }

  /** The protocol forbids an id to come again within an hour of its end, whoever used it. */
  @Test
  void noStreamIsOpenedWithAnIdThatThePeerUsedWithinAnHour() throws Exception {
    StreamIds ids = new StreamIds(CoreDriver.SEED);
    int firstChoice = ids.next();
    int secondChoice = ids.next();

    CoreDriver live = CoreDriver.calm();
    live.accept(firstChoice);
    assertThat(live.open(0).id()).as("live").isEqualTo(secondChoice);

    CoreDriver longLived = CoreDriver.calm();
    CoreStream stream = longLived.accept(firstChoice);
    longLived.nowNanos += 3 * HOUR;
    longLived.fin(stream);
    longLived.close(stream);
    longLived.sent();
    longLived.nowNanos += HOUR / 2;
    assertThat(longLived.open(0).id()).as("ended half an hour ago").isEqualTo(secondChoice);

    CoreDriver refused = CoreDriver.calm();
    refused.core.refuseStreams();
    assertThat(refused.syn(firstChoice, 0)).isNull();
    assertThat(refused.open(0).id()).as("refused").isEqualTo(secondChoice);

    CoreDriver forgotten = CoreDriver.calm();
    CoreStream old = forgotten.accept(firstChoice);
    forgotten.fin(old);
    forgotten.close(old);
    forgotten.sent();
    forgotten.nowNanos += 2 * HOUR;
    assertThat(forgotten.open(0).id()).as("ended two hours ago").isEqualTo(firstChoice);
  }

  @Test
  void streamsBeyondTheAcceptQueueAreRefusedWithFin() throws Exception {
    CoreDriver driver =
        CoreDriver.calm(CoreDriver.limits(MuxLimits.builder().acceptQueueStreams(2)));
    CoreStream first = Objects.requireNonNull(driver.syn(1, 0));
    assertThat(driver.syn(2, 0)).isNotNull();
    assertThat(driver.syn(3, 0)).isNull();
    assertThat(driver.sent()).containsExactly("FIN 3");
    driver.core.accepted(first, driver.nowNanos);
    driver.core.accepted(first, driver.nowNanos);
    assertThat(driver.syn(4, 0)).isNotNull();
    assertThat(driver.syn(5, 0)).isNull();
    assertThat(driver.core.stats(0).streamsRefused()).isEqualTo(2);
    assertThat(driver.core.stats(0).waitingStreams()).isEqualTo(2);
  }

  @Test
  void framesOfARefusedStreamAreFree() throws Exception {
    CoreDriver driver =
        CoreDriver.calm(CoreDriver.limits(MuxLimits.builder().acceptQueueStreams(1)));
    driver.syn(1, 0);
    assertThat(driver.syn(2, 0)).isNull();
    for (int i = 0; i < 10; i++) {
      assertThat(driver.data(2, 8192)).isFalse();
    }
    driver.control(Command.FIN, 2, new byte[0]);
    assertThat(driver.core.stats(0).lateFrames()).isEqualTo(11);
    assertThat(driver.core.stats(0).noiseFrames()).isZero();
    assertThat(driver.sent()).containsExactly("FIN 2");
  }

  @Test
  void aStreamThatIsOverOnTheWireCountsUntilTheApplicationClosesIt() throws Exception {
    CoreDriver driver =
        CoreDriver.calm(CoreDriver.limits(MuxLimits.builder().maxInboundStreams(1)));
    CoreStream stream = driver.accept(1);
    driver.core.finish(stream, false, driver.nowNanos);
    driver.fin(stream);
    driver.sent();
    assertThat(driver.core.liveStreams()).isZero();
    assertThat(driver.syn(2, 0)).as("the application still has stream 1").isNull();
    driver.close(stream);
    assertThat(driver.syn(3, 0)).isNotNull();
  }

  @Test
  void inboundStreamsAreCountedUntilTheApplicationAndTheWireAreDoneWithThem() throws Exception {
    CoreDriver driver =
        CoreDriver.calm(CoreDriver.limits(MuxLimits.builder().maxInboundStreams(2)));
    CoreStream first = driver.accept(1);
    CoreStream second = driver.accept(2);
    assertThat(driver.syn(3, 0)).isNull();
    driver.fin(first);
    assertThat(driver.syn(4, 0)).as("the application still has stream 1").isNull();
    driver.close(first);
    driver.sent();
    assertThat(driver.syn(5, 0)).isNotNull();
    driver.close(second);
    driver.sent();
    assertThat(driver.syn(6, 0)).as("stream 2 still waits for the peer's FIN").isNull();
    driver.fin(second);
    assertThat(driver.syn(7, 0)).isNotNull();
  }

  /** Closing at once what a peer opens must not let it pile up streams that wait for its FIN. */
  @Test
  void streamsThatTheApplicationClosesAtOnceStayBounded() throws Exception {
    CoreDriver driver =
        CoreDriver.calm(CoreDriver.limits(MuxLimits.builder().maxInboundStreams(50)));
    for (int id = 1; id <= 10_000; id++) {
      CoreStream stream = driver.syn(id, 0);
      if (stream != null) {
        driver.close(stream);
      }
      driver.sent();
      assertThat(driver.core.liveStreams()).isLessThanOrEqualTo(50);
    }
    driver.pass(driver.core.nextDeadlineNanos() + CoreDriver.SECOND);
    driver.assertNothingLeft();
  }

  @Test
  void metadataBeyondTheLimitIsRefused() throws Exception {
    CoreDriver driver =
        CoreDriver.calm(CoreDriver.limits(MuxLimits.builder().maxInboundMetadataBytes(512)));
    assertThat(driver.syn(1, 512)).isNotNull();
    assertThat(driver.syn(2, 513)).isNull();
    assertThat(driver.sent()).containsExactly("FIN 2");
  }

  @Test
  void metadataIsUnreadDataUntilTheStreamIsAccepted() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = Objects.requireNonNull(driver.syn(1, 1000));
    assertThat(stream.metadata()).hasSize(1000);
    assertThat(driver.core.unreadBytes()).isEqualTo(1000);
    driver.core.accepted(stream, driver.nowNanos);
    assertThat(driver.core.unreadBytes()).isZero();
    CoreStream ignored = Objects.requireNonNull(driver.syn(2, 500));
    driver.close(ignored);
    assertThat(driver.core.unreadBytes()).isZero();
    assertThat(driver.core.stats(0).waitingStreams()).isZero();
  }

  @Test
  void metadataIsChargedUntilTheStreamIsClosedAndOver() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream first = Objects.requireNonNull(driver.syn(1, 1000));
    CoreStream second = Objects.requireNonNull(driver.syn(2, 500));
    driver.core.accepted(first, driver.nowNanos);
    driver.core.accepted(second, driver.nowNanos);
    assertThat(driver.core.heldBytes()).isEqualTo(1500);

    driver.close(first);
    driver.sent();
    assertThat(driver.core.heldBytes()).as("closed, not over").isEqualTo(1500);
    driver.fin(first);
    assertThat(driver.core.heldBytes()).as("closed and over").isEqualTo(500);

    driver.core.finish(second, false, driver.nowNanos);
    driver.sent();
    driver.fin(second);
    assertThat(second.state()).isEqualTo(StreamState.ENDED);
    assertThat(driver.core.heldBytes()).as("over, not closed").isEqualTo(500);
    driver.close(second);
    driver.assertNothingLeft();
  }

  /** 20,000 short streams from Rust clients bring a MORE and a FIN each after our FIN. */
  @Test
  void lateFramesForClosedStreamsAreFree() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream[] streams = new CoreStream[20_000];
    for (int i = 0; i < streams.length; i++) {
      int id = i * 7919;
      streams[i] = driver.accept(id);
      driver.data(id, 1);
      driver.read(streams[i], 1);
      driver.write(streams[i], 1);
      driver.fin(streams[i]);
      driver.close(streams[i]);
      driver.sent();
    }
    driver.assertNothingLeft();
    for (CoreStream stream : streams) {
      driver.more(stream, 1490);
      driver.fin(stream);
    }
    assertThat(driver.sent()).isEmpty();
    assertThat(driver.core.stats(0).lateFrames()).isEqualTo(40_000);
    assertThat(driver.core.stats(0).noiseFrames()).isZero();
  }

  /** What counts is when a stream ended, not when it was opened. */
  @Test
  void lateFramesForStreamsThatLivedForHoursAreFreeAsWell() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream[] streams = new CoreStream[12_000];
    for (int i = 0; i < streams.length; i++) {
      streams[i] = driver.accept(i);
    }
    driver.nowNanos += 3 * HOUR;
    for (CoreStream stream : streams) {
      driver.fin(stream);
      driver.close(stream);
    }
    driver.sent();
    for (CoreStream stream : streams) {
      driver.more(stream, 1);
    }
    assertThat(driver.core.stats(0).lateFrames()).isEqualTo(streams.length);
    assertThat(driver.core.stats(0).noiseFrames()).isZero();
  }

  @Test
  void opensBeyondTheRateAreRefused() throws Exception {
    CoreDriver driver =
        CoreDriver.calm(CoreDriver.limits(MuxLimits.builder().maxStreamOpensPerSecond(3)));
    for (int id = 1; id <= 3; id++) {
      driver.accept(id);
    }
    assertThat(driver.syn(4, 0)).isNull();
    assertThat(driver.syn(5, 6)).isNull();
    assertThat(driver.sent()).containsExactly("FIN 4", "FIN 5");
    assertThat(driver.core.takeRefusedLately()).isEqualTo(2);
    assertThat(driver.core.takeRefusedLately()).isZero();
    assertThat(driver.core.takeRefusedBytesLately()).isEqualTo(6);
    assertThat(driver.core.takeRefusedBytesLately()).isZero();
    driver.pass(CoreDriver.SECOND / 3);
    assertThat(driver.syn(6, 0)).as("a third of a second allows one").isNull();
    driver.pass(1);
    assertThat(driver.syn(7, 0)).isNotNull();
    assertThat(driver.syn(8, 0)).isNull();
    driver.pass(100 * CoreDriver.SECOND);
    for (int id = 11; id <= 13; id++) {
      driver.accept(id);
    }
    assertThat(driver.syn(14, 0)).as("what was not used does not add up").isNull();
    assertThat(driver.core.stats(0).streamsRefused()).isEqualTo(5);
  }

  @Test
  void streamsThatAreOverBeforeAnybodyCouldUseThemAreCounted() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    // Accepted in time: a request that is nothing but metadata.
    driver.fin(driver.accept(1));
    assertThat(driver.core.takeFutileLately()).isZero();
    CoreStream withData = requireNonNull(driver.syn(2, 0));
    driver.data(withData, 10);
    driver.fin(withData);
    assertThat(driver.core.takeFutileLately()).isZero();
    CoreStream empty = requireNonNull(driver.syn(3, 0));
    driver.fin(empty);
    driver.fin(empty);
    assertThat(driver.core.takeFutileLately()).isOne();
    CoreStream reset = requireNonNull(driver.syn(4, 0));
    driver.data(reset, 10);
    driver.control(Command.NOP, 4, ResetNotice.reset());
    driver.fin(reset);
    assertThat(driver.core.takeFutileLately()).isOne();
    assertThat(driver.core.takeFutileLately()).isZero();
  }

  @Test
  void statsCountFramesAndBytesOfBothDirections() throws Exception {
    CoreDriver driver = CoreDriver.unheard(MuxConfig.DEFAULT);
    CoreStream local = driver.opened();
    CoreStream remote = driver.accept(3);
    driver.write(local, 8192 + 100);
    assertThat(driver.sent()).hasSize(2);
    driver.data(remote, 70);
    driver.data(remote, 7);
    CoreStats stats = driver.core.stats(driver.nowNanos);
    // Two PINGs, a SYN and two data frames; two PONGs, a SYN and two data frames.
    assertThat(stats.framesSent()).isEqualTo(5);
    assertThat(stats.framesReceived()).isEqualTo(5);
    assertThat(stats.dataBytesSent()).isEqualTo(8292);
    assertThat(stats.dataBytesReceived()).isEqualTo(77);
    assertThat(stats.streamsOpenedLocally()).isOne();
    assertThat(stats.streamsOpenedByPeer()).isOne();
  }
}
