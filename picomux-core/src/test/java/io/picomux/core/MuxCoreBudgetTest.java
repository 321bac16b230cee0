package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The receive budget at work: floor, growth, refusal, sacrifice. */
@Timeout(20)
class MuxCoreBudgetTest {
  private static final int MIB = 1 << 20;

  private static CoreDriver budget(int bytes) throws ProtocolViolationException {
    return CoreDriver.calm(
        CoreDriver.limits(MuxLimits.builder().receiveBudgetBytes(bytes))
            .withWindowPolicy(WindowPolicy.CRATE));
  }

  /** Fills a stream with frames until its credit or the wanted bytes are used up. */
  private static int fill(CoreDriver driver, CoreStream stream, int bytes)
      throws ProtocolViolationException {
    int stored = 0;
    while (stored < bytes && stream.receiveCreditFrames() > 0) {
      driver.data(stream, Math.min(8192, bytes - stored));
      stored += Math.min(8192, bytes - stored);
    }
    return stored;
  }

  /** Makes the receiver open the window of a stream as far as it will. */
  private static void openWindow(CoreDriver driver, CoreStream stream)
      throws ProtocolViolationException {
    driver.data(stream, 10);
    driver.read(stream, 1);
    driver.sent();
  }

  @Test
  void hogsGetLessAndLessAndANewcomerStillItsFloor() throws Exception {
    CoreDriver driver = budget(16 * MIB);
    CoreStream newcomer = driver.accept(99);
    List<CoreStream> hogs = new ArrayList<>();
    for (int id = 1; id <= 8; id++) {
      hogs.add(driver.accept(id));
    }
    int last = 1501;
    for (CoreStream hog : hogs) {
      openWindow(driver, hog);
      assertThat(hog.receiveCreditFrames()).isBetween(10, last);
      last = hog.receiveCreditFrames();
      fill(driver, hog, 100 * MIB);
    }
    assertThat(driver.core.unreadBytes()).isLessThan(16 * MIB);
    for (int i = 0; i < 100; i++) {
      fill(driver, newcomer, 100 * MIB);
      assertThat(newcomer.receiveCreditFrames()).isZero();
      driver.read(newcomer, driver.unreadFrames(newcomer));
      driver.sent();
      assertThat(newcomer.receiveCreditFrames()).as("the floor").isGreaterThanOrEqualTo(10);
    }
  }

  @Test
  void whatOneStreamMayFillIsNotThereForTheNext() throws Exception {
    CoreDriver driver = budget(16 * MIB);
    CoreStream first = driver.accept(1);
    CoreStream second = driver.accept(2);
    openWindow(driver, first);
    openWindow(driver, second);
    assertThat(first.receiveCreditFrames()).as("half of 12 MiB").isEqualTo(768);
    // Half of what the first leaves: 1536 frames without the 758 that it has above its floor.
    assertThat(second.receiveCreditFrames()).isEqualTo(389);
    assertThat(driver.core.receiving.budget().aboveFloorBytes())
        .isEqualTo((758 + 379) * WireFormat.DATA_BODY_BYTES);
  }

  @Test
  void metadataOfAcceptedStreamsTakesRoomFromWindows() throws Exception {
    CoreDriver driver = budget(16 * MIB);
    for (int id = 100; id < 116; id++) {
      driver.core.accepted(Objects.requireNonNull(driver.syn(id, 65_535)), driver.nowNanos);
    }
    CoreStream stream = driver.accept(1);
    openWindow(driver, stream);
    // Half of 12 MiB without 16 times 65,535 bytes; the 9 frames of credit that were left count.
    assertThat(stream.receiveCreditFrames()).isEqualTo(9 + 695);
  }

  @Test
  void whatASacrificedStreamHeldIsThereForOthers() throws Exception {
    CoreDriver driver = budget(16 * MIB);
    CoreStream hog = driver.accept(1);
    openWindow(driver, hog);
    fill(driver, hog, 100 * MIB);
    long whileItLives = driver.core.receiving.budget().aboveFloorBytes();
    driver.core.setAvailableBudget(MIB);
    driver.core.stored(hog, 1, driver.nowNanos);
    assertThat(hog.receiveFailure()).isEqualTo(StreamFailure.RECEIVE_BUDGET);
    assertThat(whileItLives).isEqualTo(6 * MIB - ReceiveBudget.FLOOR_BYTES);
    assertThat(driver.core.receiving.budget().aboveFloorBytes()).isZero();
  }

  @Test
  void aPeerThatUnderstandsItIsToldOfASacrifice() throws Exception {
    CoreDriver driver = budget(MIB);
    driver.ping("{\"next_ping_in_ms\":1,\"picomux_java\":{\"half_close\":1,\"reset\":1}}");
    CoreStream stream = driver.accept(8);
    fill(driver, stream, 9 * 8192);
    driver.sent();
    driver.core.setAvailableBudget(8192);
    driver.core.stored(stream, MIB, driver.nowNanos);
    assertThat(driver.sent()).containsExactly("NOP 8", "FIN 8");
  }

  @Test
  void whatAReaderTakesRoomFromComesBack() throws Exception {
    CoreDriver driver = budget(16 * MIB);
    CoreStream hog = driver.accept(1);
    openWindow(driver, hog);
    int firstWindow = hog.receiveCreditFrames();
    fill(driver, hog, 100 * MIB);
    driver.read(hog, driver.unreadFrames(hog));
    driver.sent();
    assertThat(hog.receiveCreditFrames())
        .as("with nothing unread the window opens as far as at first")
        .isEqualTo(firstWindow);
  }

  /** A peer that has finished cannot use its credit any more. */
  @Test
  void creditOfAFinishedPeerIsFreeForOthers() throws Exception {
    CoreDriver driver = budget(16 * MIB);
    CoreStream first = driver.accept(1);
    openWindow(driver, first);
    CoreStream second = driver.accept(2);
    driver.data(second, 10);
    driver.fin(first);
    driver.read(second, 1);
    driver.sent();
    assertThat(second.receiveCreditFrames()).isEqualTo(768);
    assertThat(first.receiveCreditFrames()).as("half of 12 MiB").isEqualTo(768);
  }

  @Test
  void synsAreRefusedBeyondThreeQuarters() throws Exception {
    CoreDriver driver = budget(MIB);
    List<CoreStream> streams = fillThreeQuarters(driver);
    assertThat(driver.syn(1000, 0)).isNotNull();
    driver.data(streams.get(0), 1);
    assertThat(driver.syn(1001, 0)).isNull();
    assertThat(driver.sent()).contains("FIN 1001");
    driver.read(streams.get(0), 1);
    assertThat(driver.syn(1002, 0)).isNotNull();
  }

  /** Sixteen thousand streams of 64 KiB metadata each would be a gigabyte. */
  @Test
  void metadataOfAcceptedStreamsFillsTheBudget() throws Exception {
    CoreDriver driver = budget(MIB);
    List<CoreStream> streams = new ArrayList<>();
    CoreStream next;
    while ((next = driver.syn(streams.size(), 65_535)) != null) {
      driver.core.accepted(next, driver.nowNanos);
      streams.add(next);
    }
    assertThat(streams).as("three quarters of a MiB").hasSize(13);
    assertThat(driver.core.unreadBytes()).isZero();
    assertThat(streams).allMatch(stream -> stream.receiveFailure() == null);
    driver.sent();
    for (CoreStream stream : streams) {
      driver.close(stream);
      driver.fin(stream);
    }
    driver.sent();
    driver.assertNothingLeft();
  }

  private static List<CoreStream> fillThreeQuarters(CoreDriver driver)
      throws ProtocolViolationException {
    List<CoreStream> streams = new ArrayList<>();
    int left = MIB / 4 * 3;
    for (int id = 1; left > 0; id++) {
      CoreStream stream = driver.accept(id);
      left -= fill(driver, stream, Math.min(left, 9 * 8192));
      streams.add(stream);
    }
    return streams;
  }

  @Test
  void atTheFullBudgetTheStreamWithMostUnreadBytesIsSacrificed() throws Exception {
    CoreDriver driver = budget(MIB);
    List<CoreStream> streams = new ArrayList<>();
    for (int id = 1; id <= 20; id++) {
      streams.add(driver.accept(id));
    }
    CoreStream worst = streams.get(7);
    fill(driver, worst, 10 * 8192);
    driver.write(worst, 100_000);
    driver.sent();
    for (CoreStream stream : streams) {
      if (stream != worst && driver.core.unreadBytes() + 6 * 8192 <= MIB) {
        fill(driver, stream, 6 * 8192);
      }
    }
    for (CoreStream stream : streams) {
      if (stream != worst && worst.receiveFailure() == null) {
        driver.data(stream, 8192);
      }
    }
    assertThat(worst.receiveFailure()).isEqualTo(StreamFailure.RECEIVE_BUDGET);
    assertThat(worst.sendFailure()).isEqualTo(StreamFailure.RECEIVE_BUDGET);
    assertThat(driver.core.unreadBytes()).isLessThanOrEqualTo(MIB);
    assertThat(driver.core.stats(0).budgetKills()).isOne();
    assertThat(streams.stream().filter(s -> s.receiveFailure() != null)).containsExactly(worst);
    assertThat(driver.sent()).contains("FIN 8");

    assertThat(driver.unreadFrames(worst)).isEqualTo(10);
    driver.throwAway(worst);
    assertThat(driver.sent()).as("the peer's FIN may need credit").containsExactly("MORE 8 10");
    assertThat(driver.data(worst, 8192)).as("its later frames are skipped").isFalse();
    assertThat(driver.core.stats(0).discardedBytes()).isEqualTo(8192);
    for (CoreStream stream : streams) {
      driver.close(stream);
      driver.fin(stream);
    }
    driver.sent();
    driver.assertNothingLeft();
  }

  /** The engine reports a batch of frames when the FIN behind them is already decided. */
  @Test
  void bytesStoredAfterTheEndOfTheirStreamCountAndCanBeSacrificed() throws Exception {
    CoreDriver driver = budget(MIB);
    CoreStream idle = driver.accept(500);
    List<CoreStream> ended = new ArrayList<>();
    for (int id = 1; id <= 20; id++) {
      CoreStream stream = driver.accept(id);
      driver.core.finish(stream, false, driver.nowNanos);
      ended.add(stream);
    }
    driver.sent();
    for (CoreStream stream : ended) {
      for (int i = 0; i < 10; i++) {
        assertThat(driver.core.handleData(stream.id(), 6_500, 0)).isSameAs(stream);
      }
      driver.fin(stream);
      assertThat(stream.state()).isEqualTo(StreamState.ENDED);
      driver.core.stored(stream, 65_000, driver.nowNanos);
      assertThat(driver.core.unreadBytes()).isLessThanOrEqualTo(MIB);
    }
    assertThat(idle.receiveFailure()).as("it holds nothing").isNull();
    assertThat(driver.core.stats(0).budgetKills()).isEqualTo(4);
    assertThat(ended.stream().filter(s -> s.receiveFailure() != null)).hasSize(4);
    for (CoreStream stream : ended) {
      driver.core.consumed(stream, 10, 0, 65_000, driver.nowNanos);
      driver.close(stream);
    }
    driver.fin(idle);
    driver.close(idle);
    driver.sent();
    driver.assertNothingLeft();
  }

  @Test
  void aPeerThatFillsTheBudgetWithOversizedBodiesLosesTheSession() throws Exception {
    CoreDriver driver = budget(MIB);
    CoreStream first = driver.accept(1);
    CoreStream second = driver.accept(2);
    for (int i = 0; i < 8; i++) {
      driver.data(first, 65_535);
      driver.data(second, 65_535);
    }
    CoreDriver.assertViolation(
        () -> driver.data(first, 65_535),
        Violation.OVERSIZED_BODIES,
        1,
        "data bodies above 8192 bytes on stream 1 filled the receive budget: 1114095 of 1048576"
            + " bytes");
  }

  @Test
  void oversizedBodiesThatWereReadAreForgiven() throws Exception {
    CoreDriver driver = budget(MIB);
    CoreStream stream = driver.accept(1);
    driver.data(stream, 65_535);
    driver.read(stream, 1);
    fill(driver, stream, 9 * 8192);
    driver.core.setAvailableBudget(8192);
    driver.core.stored(stream, MIB, driver.nowNanos);
    assertThat(stream.receiveFailure()).isEqualTo(StreamFailure.RECEIVE_BUDGET);
  }

  /** What the engine tells late of a stream whose bytes are written off counts no more. */
  @Test
  void aSacrificedStreamIsNotChargedAgain() throws Exception {
    CoreDriver driver = budget(MIB);
    CoreStream stream = driver.accept(1);
    fill(driver, stream, 9 * 8192);
    driver.core.setAvailableBudget(8192);
    driver.core.stored(stream, MIB, driver.nowNanos);
    assertThat(driver.core.unreadBytes()).isZero();
    driver.core.stored(stream, 500, driver.nowNanos);
    driver.core.consumed(stream, 1, 0, 300, driver.nowNanos);
    assertThat(driver.core.unreadBytes()).isZero();
  }

  @Test
  void oversizedBodiesThatAreReadAreWelcome() throws Exception {
    CoreDriver driver = budget(MIB);
    CoreStream stream = driver.accept(1);
    for (int i = 0; i < 100; i++) {
      driver.data(stream, 65_535);
      driver.read(stream, 1);
      driver.sent();
    }
    assertThat(driver.core.unreadBytes()).isZero();
    assertThat(stream.receiveCreditFrames()).isPositive();
  }

  @Test
  void creditOnceGivenIsNeverTakenBack() throws Exception {
    CoreDriver driver = budget(16 * MIB);
    CoreStream stream = driver.accept(1);
    openWindow(driver, stream);
    int credit = stream.receiveCreditFrames();
    driver.core.setAvailableBudget(0);
    driver.core.setDebloat(true);
    for (int i = credit; i > 0; i--) {
      assertThat(stream.receiveCreditFrames()).isEqualTo(i);
      driver.core.handleData(1, 0 + 1, driver.nowNanos);
    }
    driver.core.setAvailableBudget(16L * MIB);
    driver.core.consumed(stream, credit, credit, 0, driver.nowNanos);
    assertThat(stream.receiveCreditFrames()).isPositive();
  }

  @Test
  void aProcessThatIsShortOfMemoryLowersTheBudget() throws Exception {
    CoreDriver driver = budget(16 * MIB);
    CoreStream stream = driver.accept(1);
    fill(driver, stream, 10 * 8192);
    driver.core.stored(stream, MIB, driver.nowNanos);
    driver.core.setAvailableBudget(10 * 8192);
    assertThat(driver.syn(2, 0)).isNull();
    assertThat(driver.core.stats(0).receiveBudgetBytes()).isEqualTo(10 * 8192);
    driver.core.stored(stream, 1, driver.nowNanos);
    assertThat(stream.receiveFailure()).isEqualTo(StreamFailure.RECEIVE_BUDGET);
  }

  /** What other sessions hold costs a small one nothing that it was promised. */
  @Test
  void aSessionThatHoldsLittleDoesNotSufferForOthers() throws Exception {
    CoreDriver driver = budget(16 * MIB);
    CoreStream stream = driver.accept(1);
    fill(driver, stream, 10 * 8192);
    driver.core.setAvailableBudget(0);
    assertThat(driver.syn(2, 0)).isNotNull();
    driver.core.stored(stream, 1, driver.nowNanos);
    assertThat(stream.receiveFailure()).isNull();
  }
}
