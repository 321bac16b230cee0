package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LivenessTest {
  private static final long SECOND = 1_000_000_000L;

  private final Liveness liveness = new Liveness(LivenessConfig.DEFAULT, 0);

  @Test
  void defaultsAreTheCratesAndAProbeAfterFifteenSeconds() {
    assertThat(LivenessConfig.DEFAULT)
        .isEqualTo(new LivenessConfig(1800 * SECOND, 30 * SECOND, 15 * SECOND));
  }

  @Test
  void theFirstPingIsDueAtOnceBeforeAnythingWasHeard() {
    assertThat(liveness.pingDue()).isTrue();
    assertThat(liveness.latencyNanos()).isEqualTo(-1);
  }

  @Test
  void atMostOnePingIsOutAndOneWaits() {
    assertThat(liveness.request(1)).as("served by the first").isEqualTo(1);
    liveness.onPingSent(2);
    assertThat(liveness.pingDue()).isFalse();
    assertThat(liveness.request(3)).isEqualTo(2);
    assertThat(liveness.request(4)).isEqualTo(2);
    assertThat(liveness.pingDue()).as("waits for its turn").isFalse();
    liveness.onPong(5);
    assertThat(liveness.pongsReceived()).isEqualTo(1);
    assertThat(liveness.pingDue()).isTrue();
    liveness.onPingSent(6);
    liveness.onPong(7);
    assertThat(liveness.pongsReceived()).isEqualTo(2);
    assertThat(liveness.pingDue()).as("two requests, one PING").isFalse();
  }

  @Test
  void latencyIsTheLastRoundTrip() {
    liveness.onPingSent(10);
    assertThat(liveness.onPong(35)).isTrue();
    assertThat(liveness.latencyNanos()).isEqualTo(25);
    liveness.request(100);
    liveness.onPingSent(100);
    assertThat(liveness.onPong(101)).isTrue();
    assertThat(liveness.latencyNanos()).isEqualTo(1);
  }

  @Test
  void aPongThatNobodyAskedForIsIgnoredAndCounted() {
    assertThat(liveness.onPong(1)).as("the PING is not sent yet").isFalse();
    liveness.onPingSent(2);
    liveness.onPong(3);
    assertThat(liveness.onPong(4)).isFalse();
    assertThat(liveness.unsolicitedPongs()).isEqualTo(2);
    assertThat(liveness.pongsReceived()).isEqualTo(1);
    assertThat(liveness.latencyNanos()).isEqualTo(1);
    liveness.request(5);
    liveness.onPingSent(6);
    assertThat(diesBy(6 + 30 * SECOND)).as("none was banked for the next PING").isTrue();
  }

  @Test
  void aSilentPeerIsDeadThirtySecondsAfterThePing() {
    liveness.onPingSent(2 * SECOND);
    assertThat(diesBy(32 * SECOND - 1)).isFalse();
    assertThat(diesBy(32 * SECOND)).isTrue();
  }

  /** A machine that slept hears what its peer has sent only after its deadlines. */
  @Test
  void timeInWhichNobodyListenedDoesNotCount() {
    liveness.onPingSent(0);
    assertThat(diesBy(10 * SECOND)).isFalse();
    assertThat(liveness.onTimeout(400 * SECOND)).isFalse();
    assertThat(diesBy(410 * SECOND)).isFalse();
    assertThat(diesBy(425 * SECOND)).as("it is not blind afterwards").isTrue();
  }

  @Test
  void newSettingsOnWakingDoNotMakeASleepCount() {
    liveness.onPingSent(0);
    liveness.setConfig(liveness.config(), 400 * SECOND);
    assertThat(liveness.onTimeout(400 * SECOND)).isFalse();
    assertThat(diesBy(420 * SECOND)).isFalse();
    assertThat(diesBy(430 * SECOND)).isTrue();
  }

  /** What a sleep has cost a peer is made good once, not again in its next silence. */
  @Test
  void afterASleepABytesSilenceCountsInFull() {
    sleepAfterAPing();
    liveness.onBytes(401 * SECOND);
    assertThat(diesBy(431 * SECOND - 1)).isFalse();
    assertThat(diesBy(431 * SECOND)).isTrue();
  }

  @Test
  void afterASleepAPingThatWaitedForAPongHasItsTime() {
    liveness.onPingSent(0);
    liveness.request(SECOND);
    assertThat(liveness.onTimeout(400 * SECOND)).isFalse();
    liveness.onPong(401 * SECOND);
    assertThat(diesBy(431 * SECOND - 1)).isFalse();
    assertThat(diesBy(431 * SECOND)).isTrue();
  }

  @Test
  void afterASleepALaterRequestHasItsTime() {
    sleepAfterAPing();
    liveness.onPong(401 * SECOND);
    liveness.request(500 * SECOND);
    assertThat(diesBy(530 * SECOND - 1)).isFalse();
    assertThat(diesBy(530 * SECOND)).isTrue();
  }

  @Test
  void afterASleepAPingThatGoesOutHasItsTime() {
    assertThat(liveness.onTimeout(400 * SECOND)).isFalse();
    liveness.onPingSent(401 * SECOND);
    assertThat(diesBy(431 * SECOND - 1)).isFalse();
    assertThat(diesBy(431 * SECOND)).isTrue();
  }

  private void sleepAfterAPing() {
    liveness.onPingSent(0);
    assertThat(liveness.onTimeout(400 * SECOND)).isFalse();
  }

  @Test
  void whoIsAlwaysLateNoticesADeadPeerNevertheless() {
    liveness.onPingSent(0);
    long now = 0;
    int looks = 0;
    boolean dead = false;
    while (!dead && looks < 100) {
      now = liveness.deadlineNanos() + 20 * SECOND;
      dead = liveness.onTimeout(now);
      looks++;
    }
    assertThat(looks).isEqualTo(8);
  }

  @Test
  void beingALittleLateIsNotForgiven() {
    liveness.onPingSent(0);
    assertThat(liveness.onTimeout(7 * SECOND)).isFalse();
    assertThat(diesBy(30 * SECOND - 1)).isFalse();
    assertThat(diesBy(30 * SECOND)).isTrue();
  }

  @Test
  void anyByteIsLife() {
    liveness.onPingSent(0);
    liveness.onBytes(20 * SECOND);
    assertThat(diesBy(49 * SECOND)).isFalse();
    liveness.onBytes(49 * SECOND);
    assertThat(diesBy(78 * SECOND)).isFalse();
    assertThat(diesBy(79 * SECOND)).isTrue();
  }

  @Test
  void bytesFromBeforeThePingDoNotShortenItsTime() {
    liveness.onPingSent(0);
    liveness.onPong(1);
    liveness.onBytes(SECOND);
    liveness.request(100 * SECOND);
    liveness.onPingSent(100 * SECOND);
    assertThat(diesBy(130 * SECOND - 1)).isFalse();
    assertThat(diesBy(130 * SECOND)).isTrue();
  }

  @Test
  void aPeerThatDoesNotEvenTakeThePingIsDeadAsWell() {
    assertThat(liveness.pingDue()).isTrue();
    assertThat(diesBy(30 * SECOND - 1)).isFalse();
    assertThat(diesBy(30 * SECOND)).isTrue();
  }

  @Test
  void theTimeOfAWaitingPingBeginsWhenItsTurnComes() {
    liveness.onPingSent(0);
    liveness.request(1);
    liveness.onPong(29 * SECOND);
    assertThat(diesBy(58 * SECOND)).isFalse();
    assertThat(diesBy(59 * SECOND)).isTrue();
  }

  @Test
  void anIdleSessionPingsEveryHalfHour() {
    liveness.onPingSent(0);
    liveness.onPong(SECOND);
    assertThat(liveness.deadlineNanos()).isEqualTo(1801 * SECOND);
    assertThat(diesBy(1801 * SECOND - 1)).isFalse();
    assertThat(liveness.pingDue()).isFalse();
    assertThat(diesBy(1801 * SECOND)).isFalse();
    assertThat(liveness.pingDue()).isTrue();
    assertThat(diesBy(1831 * SECOND - 1)).isFalse();
    assertThat(diesBy(1831 * SECOND)).isTrue();
  }

  @Test
  void changedSettingsHoldAtOnceAndSendAPing() {
    liveness.onPingSent(0);
    liveness.onPong(1);
    LivenessConfig config =
        LivenessConfig.of(Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofSeconds(1));
    liveness.setConfig(config, SECOND);
    assertThat(liveness.config()).isEqualTo(config);
    assertThat(liveness.pingDue()).isTrue();
    liveness.onPingSent(SECOND);
    assertThat(diesBy(2 * SECOND)).isFalse();
    liveness.onBytes(2 * SECOND);
    liveness.onPong(2 * SECOND);
    assertThat(liveness.deadlineNanos()).isEqualTo(7 * SECOND);
  }

  @Test
  void aLongWaitAsksForOnePingUnlessTheLinkSpeaks() {
    liveness.onPingSent(0);
    liveness.probe(20 * SECOND);
    assertThat(liveness.pingDue()).as("one is out").isFalse();
    liveness.onBytes(20 * SECOND);
    liveness.onPong(20 * SECOND);
    liveness.probe(35 * SECOND - 1);
    assertThat(liveness.pingDue()).as("a byte came 15 s ago, less one nanosecond").isFalse();
    liveness.probe(35 * SECOND);
    assertThat(liveness.pingDue()).isTrue();
    liveness.onPingSent(35 * SECOND);
    liveness.probe(36 * SECOND);
    liveness.onBytes(37 * SECOND);
    liveness.onPong(37 * SECOND);
    assertThat(liveness.pingDue()).as("no second PING was queued").isFalse();
  }

  @Test
  void silenceCountsFromTheLastByte() {
    liveness.onBytes(3);
    assertThat(liveness.silenceNanos(10)).isEqualTo(7);
  }

  @Test
  void spansThatPassTheEndOfTimeNeverComeDue() {
    LivenessConfig forever = new LivenessConfig(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
    Liveness patient = new Liveness(forever, SECOND);
    patient.onPingSent(SECOND);
    assertThat(patient.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
    patient.onPong(2 * SECOND);
    assertThat(patient.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(forever.pingIntervalMillis()).as("what fits the PING").isEqualTo(0xFFFF_FFFFL);
  }

  @Test
  void spansBelowOneAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LivenessConfig(0, 1, 1))
        .withMessage("pingIntervalNanos is 0, must be 1 or more");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LivenessConfig(1, -1, 1))
        .withMessage("timeoutNanos is -1, must be 1 or more");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LivenessConfig(1, 1, 0))
        .withMessage("waitProbeNanos is 0, must be 1 or more");
  }

  @Test
  void durationsBeyondWhatNanosecondsCanCountAreForEver() {
    Duration millennium = Duration.ofDays(365_000);
    assertThat(LivenessConfig.of(millennium, millennium, millennium))
        .isEqualTo(new LivenessConfig(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LivenessConfig.of(millennium, millennium.negated(), millennium))
        .withMessage("timeoutNanos is -9223372036854775808, must be 1 or more");
  }

  @Test
  void aCallNeverWakesMoreOftenThanEachMillisecondToProbe() {
    assertThat(new LivenessConfig(1, 1, 1).waitProbeNanos())
        .isEqualTo(LivenessConfig.MIN_WAIT_PROBE_NANOS)
        .isEqualTo(1_000_000);
    assertThat(new LivenessConfig(1, 1, 1_000_001).waitProbeNanos()).isEqualTo(1_000_001);
  }

  /** Calls at every deadline up to a time and at that time, as an engine does at least. */
  private boolean diesBy(long nanos) {
    boolean dead = false;
    while (!dead && liveness.deadlineNanos() < nanos) {
      dead = liveness.onTimeout(liveness.deadlineNanos());
    }
    return dead || liveness.onTimeout(nanos);
  }
}
