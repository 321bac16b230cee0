package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The credit that a core grants, by policy. */
class MuxCoreCreditTest {

  private static CoreDriver policy(WindowPolicy policy) throws ProtocolViolationException {
    return CoreDriver.calm(MuxConfig.DEFAULT.withWindowPolicy(policy));
  }

  @Test
  void theCratesPolicyOpensTheWholeWindowWhenTheFirstFrameWasRead() throws Exception {
    CoreDriver driver = policy(WindowPolicy.CRATE);
    CoreStream stream = driver.accept(3);
    driver.data(stream, 10);
    driver.data(stream, 10);
    assertThat(driver.sent()).isEmpty();
    driver.read(stream, 1);
    assertThat(driver.sent()).containsExactly("MORE 3 1491");
    assertThat(stream.receiveCreditFrames()).isEqualTo(1499);
    for (int i = 0; i < 149; i++) {
      driver.data(stream, 10);
      driver.read(stream, 1);
    }
    assertThat(driver.sent()).as("149 read since, 150 are the quantum").isEmpty();
    driver.read(stream, 1);
    assertThat(driver.sent()).containsExactly("MORE 3 150");
  }

  /** A tenth of a second, as across a continent: what is taken in less is no round trip's worth. */
  @Test
  void aWindowGrowsByWhatIsTakenInATenthOfASecondBeforeTheFirstPong() throws Exception {
    CoreDriver driver = new CoreDriver(MuxConfig.DEFAULT);
    driver.sent();
    CoreStream stream = driver.accept(3);
    for (int i = 0; i < 10; i++) {
      driver.pass(12 * CoreDriver.MILLISECOND);
      driver.data(stream, 10);
      driver.data(stream, 10);
      driver.read(stream, 2);
      driver.sent();
    }
    // At 60 ms a window of 10 has been taken: 40, of which two wait to be worth a MORE.
    assertThat(stream.receiveCreditFrames()).isEqualTo(38);
  }

  @Test
  void aSourceHearsThatItsDataWaitsForCredit() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.opened();
    int ten = WireFormat.INITIAL_WINDOW_FRAMES * WireFormat.DATA_BODY_BYTES;
    driver.write(stream, ten - 1);
    assertThat(CoreDriver.pending(stream).heldUp).isFalse();
    driver.sent();
    assertThat(CoreDriver.pending(stream).heldUp).as("after the last credit").isTrue();
    driver.more(stream, 1);
    driver.write(stream, 1);
    driver.sent();
    CoreDriver.pending(stream).heldUp = false;
    driver.write(stream, 1);
    assertThat(CoreDriver.pending(stream).heldUp).as("data without credit").isTrue();
    driver.more(stream, 2);
    driver.sent();
    assertThat(CoreDriver.pending(stream).heldUp).isFalse();
  }

  /** The crate grants when a frame moves on, never for accepting. */
  @ParameterizedTest
  @EnumSource
  void acceptingAStreamGrantsNothing(WindowPolicy policy) throws Exception {
    CoreDriver driver = policy(policy);
    CoreStream stream = Objects.requireNonNull(driver.syn(3, 100));
    driver.pass(CoreDriver.SECOND);
    driver.core.accepted(stream, driver.nowNanos);
    assertThat(driver.sent()).isEmpty();
    assertThat(stream.receiveCreditFrames()).isEqualTo(10);
  }

  @Test
  void debloatOpensTheWindowToOneSecondOfTheRate() throws Exception {
    CoreDriver driver = CoreDriver.calm(MuxConfig.DEFAULT.withDebloat(true));
    assertThat(driver.core.isDebloat()).isTrue();
    CoreStream stream = driver.accept(3);
    driver.pass(CoreDriver.SECOND);
    driver.data(stream, 8192);
    driver.read(stream, 1);
    // Half of 1,000,000 and half of 8,192 bytes per second are 61 frames.
    assertThat(driver.sent()).containsExactly("MORE 3 52");
  }

  @Test
  void debloatCanBeSwitchedOffAgain() throws Exception {
    CoreDriver driver = policy(WindowPolicy.CRATE);
    driver.core.setDebloat(true);
    CoreStream stream = driver.accept(3);
    driver.pass(100 * CoreDriver.SECOND);
    driver.data(stream, 100);
    driver.read(stream, 1);
    assertThat(driver.sent()).as("hardly any rate: ten frames").containsExactly("MORE 3 1");
    driver.core.setDebloat(false);
    assertThat(driver.core.isDebloat()).isFalse();
    driver.data(stream, 100);
    driver.read(stream, 1);
    assertThat(driver.sent()).containsExactly("MORE 3 1491");
  }

  @Test
  void theWindowGrowsWhileTheApplicationKeepsUp() throws Exception {
    CoreDriver driver = new CoreDriver(MuxConfig.DEFAULT.withWindowPolicy(WindowPolicy.PATH));
    driver.sent();
    driver.pass(100 * CoreDriver.MILLISECOND);
    driver.pong();
    CoreStream stream = driver.accept(3);
    int widest = 10;
    for (int round = 0; round < 12; round++) {
      int frames = stream.receiveCreditFrames();
      driver.pass(100 * CoreDriver.MILLISECOND);
      for (int i = 0; i < frames; i++) {
        driver.data(stream, 8192);
      }
      driver.read(stream, frames);
      driver.sent();
      assertThat(stream.receiveCreditFrames()).isBetween(widest, Math.min(4 * frames, 1500));
      widest = stream.receiveCreditFrames();
    }
    assertThat(widest).isEqualTo(1500);
  }

  @Test
  void aSlowReaderKeepsASmallWindow() throws Exception {
    CoreDriver driver = policy(WindowPolicy.PATH);
    CoreStream stream = driver.accept(3);
    for (int i = 0; i < 200; i++) {
      if (stream.receiveCreditFrames() > 0) {
        driver.data(stream, 8192);
      }
      driver.pass(100 * CoreDriver.MILLISECOND);
      driver.read(stream, Math.min(1, driver.unreadFrames(stream)));
      driver.sent();
    }
    assertThat(stream.receiveCreditFrames()).isLessThanOrEqualTo(10);
  }

  @Test
  void emptyFramesGiveTheirCreditBack() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.accept(3);
    for (int i = 0; i < 100; i++) {
      assertThat(driver.data(stream, 0)).isTrue();
      driver.read(stream, 1);
      driver.sent();
    }
    assertThat(stream.receiveCreditFrames()).isPositive();
    assertThat(driver.core.unreadBytes()).isZero();
  }

  @Test
  void noCreditIsGrantedToAPeerThatHasFinished() throws Exception {
    CoreDriver driver = policy(WindowPolicy.CRATE);
    CoreStream stream = driver.accept(3);
    driver.data(stream, 100);
    driver.data(stream, 100);
    driver.read(stream, 1);
    driver.fin(stream);
    assertThat(driver.sent()).as("a MORE that was owed is of no use any more").isEmpty();
    driver.read(stream, 1);
    assertThat(driver.sent()).isEmpty();
  }

  @Test
  void owedCreditIsOneNumberHoweverLongThePeerDoesNotRead() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.accept(3);
    int granted = 0;
    for (int i = 0; i < 5_000; i++) {
      int before = stream.receiveCreditFrames();
      driver.data(stream, 10);
      driver.read(stream, 1);
      granted += stream.receiveCreditFrames() - before + 1;
    }
    assertThat(driver.sent()).containsExactly("MORE 3 " + granted);
  }

  /** What is granted minus what came is never negative, and the peer's view is the same. */
  @ParameterizedTest
  @EnumSource
  void bothViewsOfTheCreditAgree(WindowPolicy policy) throws Exception {
    Random random = new Random(TestSeed.of("bothViewsOfTheCreditAgree"));
    CoreDriver driver = policy(policy);
    CoreStream stream = driver.accept(3);
    int peersView = 10;
    for (int i = 0; i < 5_000; i++) {
      if (peersView > 0 && random.nextInt(3) > 0) {
        driver.data(stream, random.nextInt(1, 8193));
        peersView--;
      }
      if (random.nextInt(4) == 0) {
        driver.read(stream, random.nextInt(driver.unreadFrames(stream) + 1));
      }
      driver.pass(random.nextInt(10_000_000));
      for (String line : driver.sent()) {
        assertThat(line).startsWith("MORE 3 ");
        peersView += Integer.parseInt(line.substring("MORE 3 ".length()));
      }
      assertThat(stream.receiveCreditFrames()).isNotNegative().isEqualTo(peersView);
    }
  }

  @Test
  void dataBeyondTheCreditIsAViolationAndLeavesNoTrace() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.accept(-2);
    for (int i = 0; i < 10; i++) {
      driver.data(stream, 100);
    }
    CoreDriver.assertViolation(
        () -> driver.data(stream, 77),
        Violation.WINDOW_OVERRUN,
        -2,
        "a data frame of 77 bytes came for stream 4294967294, whose credit is 0 frames");
    assertThat(driver.core.unreadBytes()).isEqualTo(1000);
  }

  @Test
  void consumedFramesMayBeReportedInBatches() throws Exception {
    CoreDriver driver = policy(WindowPolicy.CRATE);
    CoreStream stream = driver.accept(3);
    assertThat(stream.reportThresholdFrames()).isOne();
    driver.data(stream, 10);
    driver.read(stream, 1);
    assertThat(stream.reportThresholdFrames()).as("the quantum").isEqualTo(150);
    driver.sent();
    for (int i = 0; i < 1450; i++) {
      driver.data(stream, 10);
    }
    assertThat(stream.reportThresholdFrames()).as("credit runs short").isEqualTo(50);
  }
}
