package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** PING, PONG and the death of a silent peer, seen from the whole core. */
class MuxCoreLivenessTest {

  @Test
  void everyPingIsAnsweredWithItsOwnPong() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    for (int i = 0; i < 5; i++) {
      driver.ping("{\"next_ping_in_ms\":" + i + "}");
    }
    assertThat(driver.sent()).containsExactly("PONG", "PONG", "PONG", "PONG", "PONG");
  }

  @Test
  void thePingTellsTheIntervalAndOffersHalfClose() {
    OutboundFrame frame = new OutboundFrame();
    new MuxCore(MuxConfig.DEFAULT, 1, 0).pollFrame(frame, 0);
    assertThat(frame.command()).isEqualTo(Command.PING);
    assertThat(frame.streamId()).isZero();
    assertThat(new String(frame.body(), StandardCharsets.UTF_8))
        .startsWith("{\"next_ping_in_ms\":1800000,\"picomux_java\":{\"half_close\":1");
    new MuxCore(MuxConfig.DEFAULT.withOfferHalfClose(false), 1, 0).pollFrame(frame, 0);
    assertThat(new String(frame.body(), StandardCharsets.UTF_8))
        .isEqualTo("{\"next_ping_in_ms\":1800000}");
  }

  @Test
  void opensAskForAPingButNeverForMoreThanOne() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    driver.open(0);
    assertThat(driver.sent()).containsExactly("PING", "SYN L1 0");
    for (int i = 0; i < 50; i++) {
      driver.open(0);
    }
    assertThat(driver.sent()).hasSize(50).allMatch(line -> line.startsWith("SYN"));
    driver.pong();
    assertThat(driver.sent()).as("one for all fifty").containsExactly("PING");
    driver.pong();
    assertThat(driver.sent()).isEmpty();
  }

  @Test
  void aChangeOfTheSettingsSendsAPingWithTheNewInterval() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    LivenessConfig config =
        LivenessConfig.of(Duration.ofSeconds(7), Duration.ofSeconds(2), Duration.ofSeconds(1));
    driver.core.setLiveness(config, driver.nowNanos);
    OutboundFrame frame = new OutboundFrame();
    assertThat(driver.core.pollFrame(frame, driver.nowNanos)).isTrue();
    assertThat(new String(frame.body(), StandardCharsets.UTF_8))
        .startsWith("{\"next_ping_in_ms\":7000");
    assertThat(driver.core.liveness()).isEqualTo(config);
    assertThat(driver.pass(2 * CoreDriver.SECOND - 1)).isFalse();
    assertThat(driver.pass(1)).as("the new timeout holds").isTrue();
  }

  @Test
  void requestsAreAnsweredByNumber() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    assertThat(driver.core.answeredPings()).isOne();
    long first = driver.core.requestPing(driver.nowNanos);
    assertThat(first).isEqualTo(2);
    driver.sent();
    long second = driver.core.requestPing(driver.nowNanos);
    assertThat(second).as("the PING that is out does not count").isEqualTo(3);
    driver.pass(CoreDriver.MILLISECOND);
    driver.pong();
    assertThat(driver.core.answeredPings()).isEqualTo(first);
    assertThat(driver.core.latencyNanos()).isEqualTo(CoreDriver.MILLISECOND);
    driver.sent();
    driver.pong();
    assertThat(driver.core.answeredPings()).isEqualTo(second);
  }

  @Test
  void aSilentPeerDiesAndOneThatTrickleDataLives() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.accept(1);
    driver.core.requestPing(driver.nowNanos);
    driver.sent();
    for (int i = 0; i < 10; i++) {
      assertThat(driver.pass(29 * CoreDriver.SECOND)).isFalse();
      driver.data(stream, 1);
    }
    assertThat(driver.pass(30 * CoreDriver.SECOND - 1)).isFalse();
    assertThat(driver.pass(1)).isTrue();
  }

  @Test
  void aProbeFindsADeadPeerFortyFiveSecondsAfterItsLastByte() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    assertThat(driver.pass(15 * CoreDriver.SECOND)).isFalse();
    driver.core.probe(driver.nowNanos);
    assertThat(driver.sent()).containsExactly("PING");
    assertThat(driver.pass(30 * CoreDriver.SECOND - 1)).isFalse();
    assertThat(driver.pass(1)).isTrue();
  }

  @Test
  void anIdleSessionPingsEveryHalfHour() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    for (int i = 0; i < 5; i++) {
      assertThat(driver.pass(1800 * CoreDriver.SECOND - 1)).isFalse();
      assertThat(driver.sent()).isEmpty();
      driver.pass(1);
      assertThat(driver.sent()).containsExactly("PING");
      driver.pong();
    }
  }

  @Test
  void pongsThatNobodyAskedForAreIgnoredAndCounted() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    for (int i = 0; i < 10_000; i++) {
      driver.pong();
    }
    assertThat(driver.core.stats(0).unsolicitedPongs()).isEqualTo(10_000);
    assertThat(driver.core.answeredPings()).isOne();
    driver.core.requestPing(driver.nowNanos);
    assertThat(driver.sent()).containsExactly("PING");
    assertThat(driver.pass(30 * CoreDriver.SECOND)).as("none was banked").isTrue();
  }

  @Test
  void pongsThatNobodyAskedForAreNoise() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    for (int i = 0; i < 4_000; i++) {
      driver.control(Command.NOP, 7, new byte[0]);
    }
    for (int i = 0; i < 6_000; i++) {
      driver.pong();
    }
    CoreDriver.assertViolation(
        driver::pong,
        Violation.NOISE_FLOOD,
        WireFormat.NO_STREAM_ID,
        "10001 frames without meaning came, the last a PONG for stream 0; at most 10000 at once and"
            + " 330 per second are allowed");
  }

  @Test
  void whatAPeerDoesNotReadIsStateNotAQueue() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    for (int i = 0; i < 64; i++) {
      driver.ping("[1]");
    }
    for (int i = 0; i < 1000; i++) {
      driver.core.requestPing(driver.nowNanos);
    }
    assertThat(driver.sent()).hasSize(65).endsWith("PONG", "PING");
  }
}
