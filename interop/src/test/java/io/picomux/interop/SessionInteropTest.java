package io.picomux.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.SessionException;
import io.picomux.core.Command;
import io.picomux.core.LivenessConfig;
import io.picomux.core.ProtocolViolationException;
import io.picomux.core.SessionEnd;
import io.picomux.core.WireFormat;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both sides know that the other one lives, how fast it answers, and when and why it is gone. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class SessionInteropTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  /** PINGs often, and no end of patience. */
  private static final LivenessConfig FREQUENT_PINGS =
      LivenessConfig.of(Duration.ofMillis(20), LONG, LONG);

  private static final LivenessConfig IMPATIENT =
      LivenessConfig.of(Duration.ofMillis(100), Duration.ofMillis(300), LONG);

  private static final int PINGS = 10;

  private static final String CRATE_PING_BODY = "{\"next_ping_in_ms\":1800000}";

  @BeforeAll
  static void buildPeers() throws IOException {
    RustPeers.build();
  }

  // ---- liveness

  @InteropTest(
      value = Case.LIVENESS,
      opens = Side.JAVA,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void bothSidesPingAndAnswer(Combination combination) throws IOException {
    FrameCounts frames = new FrameCounts();
    try (JoinedSession session =
        JoinedSession.of(combination)
            .with(settings -> settings.liveness(FREQUENT_PINGS).frameListener(frames))
            .peerOptions("--liveness", "20,60000")
            .start()) {
      awaitPings(session, frames);
      assertThat(session.mux().lastLatency()).get().matches(Duration::isPositive);
      assertThat(Long.parseLong(new JavaOpener(session.mux()).ask("latency"))).isPositive();
      session.mux().setLiveness(LivenessConfig.DEFAULT);
      assertThat(session.mux().ping(LONG)).isPositive();
      session.finish();
    }
  }

  @InteropTest(value = Case.LIVENESS, opens = Side.RUST)
  void peerLearnsItsLatency(Combination combination) throws IOException {
    FrameCounts frames = new FrameCounts();
    try (JoinedSession session =
        JoinedSession.of(combination)
            .with(settings -> settings.liveness(FREQUENT_PINGS).frameListener(frames))
            .peerOptions("--liveness", "20,60000")
            .scenarios("latency", "echo 100000")
            .start()) {
      new JavaService(session.mux(), combination.version()).start();
      PeerProcess.SessionReport report = session.awaitScenarios();
      assertThat(report.json().get("last_latency_micros").getAsLong()).isPositive();
      awaitPings(session, frames);
      session.finish();
    }
  }

  private static void awaitPings(JoinedSession session, FrameCounts frames) throws IOException {
    session.until(
        PINGS + " PINGs of the peer",
        () -> frames.received(Command.PING, WireFormat.NO_STREAM_ID) >= PINGS);
    long answers = frames.sent(Command.PONG, WireFormat.NO_STREAM_ID);
    assertThat(answers).isGreaterThanOrEqualTo(PINGS - 1);
    assertThat(frames.received(Command.PONG, WireFormat.NO_STREAM_ID)).isPositive();
    assertThat(session.mux().stats().core().unsolicitedPongs()).isZero();
  }

  // ---- the profile of the crate

  @InteropTest(
      value = Case.CRATE_PROFILE,
      opens = Side.JAVA,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void crateProfileMovesBytes(Combination combination) throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination).with(settings -> settings.crateProfile()).start()) {
      JavaOpener opener = new JavaOpener(session.mux());
      opener.echo(5_000_000, 1);
      opener.source(16_000_000, 2);
      session.finish();
    }
  }

  @InteropTest(
      value = Case.CRATE_PROFILE,
      opens = Side.RUST,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void crateProfileServes(Combination combination) throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination)
            .with(settings -> settings.crateProfile())
            .scenarios("echo 5000000", "sink 16000000", "concurrent 60 50000")
            .start()) {
      new JavaService(session.mux(), combination.version()).start();
      session.awaitScenarios();
      session.finish();
    }
  }

  @ParameterizedTest
  @EnumSource
  void pingOfTheCrateProfileHasTheCratesFieldsOnly(CrateVersion version)
      throws IOException, ProtocolViolationException {
    assertThat(pingBodies(version, true)).isNotEmpty().containsOnly(CRATE_PING_BODY);
    assertThat(pingBodies(version, false))
        .isNotEmpty()
        .allSatisfy(body ->
            assertThat(body).contains("\"next_ping_in_ms\":1800000").contains("picomux_java"));
  }

  private static List<String> pingBodies(CrateVersion version, boolean crateProfile)
      throws IOException, ProtocolViolationException {
    try (PeerProcess peer = RustPeers.listen(version, "--sessions", "1");
        TappedSocket socket = new TappedSocket(peer.port());
        PicoMux mux =
            (crateProfile ? PicoMux.builder().crateProfile() : PicoMux.builder()).over(socket)) {
      new JavaOpener(mux).echo(1000, 1);
      mux.ping(LONG);
      return socket.pingBodies();
    }
  }

  // ---- the end

  @InteropTest(
      value = Case.ENDED,
      opens = Side.JAVA,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void endOfTheSessionIsNoCleanEndOfAStream(Combination combination) throws IOException {
    FrameCounts frames = new FrameCounts();
    try (JoinedSession session =
        JoinedSession.of(combination).with(settings -> settings.frameListener(frames)).start()) {
      JavaOpener opener = new JavaOpener(session.mux());
      MuxStream held = opener.open("hold for-ever");
      Background<Receipt> reading = Background.start(() -> Transfer.receiveAll(held));
      opener.echo(1000, 1);
      MuxStream last = opener.open("end-session");
      SessionException end = awaitEnd(session);
      assertThat(end.reason())
          .isIn(SessionEnd.TRUNCATED, SessionEnd.TRANSPORT_FAILED, SessionEnd.PEER_CLOSED);
      if (frames.received(Command.FIN, held.id()) == 0) {
        // Without a FIN the stream was cut off; with one it has ended, as the peer says.
        assertThat(end.reason()).isNotEqualTo(SessionEnd.PEER_CLOSED);
        SessionException failure =
            catchThrowableOfType(SessionException.class, () -> reading.result());
        assertThat(failure.reason()).isEqualTo(end.reason());
      } else {
        assertThat(reading.result().bytes()).isZero();
      }
      held.close();
      last.close();
    }
  }

  @InteropTest(
      value = Case.KILLED,
      opens = Side.JAVA,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void deathOfThePeerEndsEveryCall(Combination combination) throws IOException {
    try (JoinedSession session = JoinedSession.of(combination).start()) {
      JavaOpener opener = new JavaOpener(session.mux());
      Background<SessionException> accepting =
          Background.start(
              () -> catchThrowableOfType(SessionException.class, () -> session.mux().accept()));
      Background<SessionException> reading =
          Background.start(() ->
              catchThrowableOfType(SessionException.class, () -> opener.source(Long.MAX_VALUE, 1)));
      Background<SessionException> writing =
          Background.start(() ->
              catchThrowableOfType(SessionException.class, () -> opener.sink(Long.MAX_VALUE, 2)));
      session.until("data flows both ways", () -> flowsBothWays(session.mux()));
      killAndMeasure(combination, session, List.of(accepting, reading, writing));
    }
  }

  @InteropTest(
      value = Case.KILLED,
      opens = Side.RUST,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void deathOfThePeerEndsTheService(Combination combination) throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination).scenarios("both 100000000000").start()) {
      JavaService service = new JavaService(session.mux(), combination.version());
      Background<SessionException> serving = service.start();
      session.until("data flows both ways", () -> flowsBothWays(session.mux()));
      killAndMeasure(combination, session, List.of(serving));
      assertThat(service.accepted()).hasSize(2);
    }
  }

  private static boolean flowsBothWays(PicoMux mux) {
    return mux.stats().core().dataBytesReceived() > 1_000_000
        && mux.stats().core().dataBytesSent() > 1_000_000;
  }

  private static void killAndMeasure(
      Combination combination, JoinedSession session, List<Background<SessionException>> calls)
      throws IOException {
    long start = System.nanoTime();
    session.peer().kill();
    for (Background<SessionException> call : calls) {
      assertThat(call.result().reason()).isIn(SessionEnd.TRUNCATED, SessionEnd.TRANSPORT_FAILED);
    }
    long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start);
    awaitEnd(session);
    Matrix.measure(Case.KILLED, combination, String.format(Locale.ROOT, "%.1f", micros / 1000.0));
  }

  @InteropTest(
      value = Case.FROZEN,
      opens = Side.JAVA,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void silenceOfThePeerEndsTheSession(Combination combination) throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination).with(settings -> settings.liveness(IMPATIENT)).start()) {
      JavaOpener opener = new JavaOpener(session.mux());
      opener.echo(1_000_000, 1);
      MuxStream held = opener.open("hold for-ever");
      Background<Receipt> reading = Background.start(() -> Transfer.receiveAll(held));
      session.peer().freeze();
      SessionException failure =
          catchThrowableOfType(SessionException.class, () -> reading.result());
      assertThat(failure.reason()).isEqualTo(SessionEnd.TIMED_OUT);
      assertThat(failure).hasMessageContaining("timed out");
      assertThat(awaitEnd(session).reason()).isEqualTo(SessionEnd.TIMED_OUT);
      held.close();
    }
  }

  /** Waits until the session has given back what it held; every later call tells the same cause. */
  @CanIgnoreReturnValue
  private static SessionException awaitEnd(JoinedSession session) throws IOException {
    SessionException end = Background.start(() -> session.mux().onTermination().join()).result();
    assertThat(session.mux().isAlive()).isFalse();
    SessionException opening =
        catchThrowableOfType(SessionException.class, () -> session.mux().open(new byte[0]));
    assertThat(opening.reason()).isEqualTo(end.reason());
    return end;
  }
}
