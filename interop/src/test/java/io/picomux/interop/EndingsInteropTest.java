package io.picomux.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.picomux.MuxStream;
import io.picomux.PicoMuxBuilder;
import io.picomux.StreamException;
import io.picomux.core.Command;
import io.picomux.core.FinMode;
import io.picomux.core.MuxLimits;
import io.picomux.core.StreamFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Timeout;

/** Streams end as both sides meant it, and nothing is left of them. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class EndingsInteropTest {

  /** So long that a test which waits for it hangs. */
  private static final long NEVER_NANOS = TimeUnit.HOURS.toNanos(1);

  private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private static final int DROPPED_STREAMS = 100;

  /** Streams that the crate's accept queue holds; ours is set to the same. */
  private static final int ACCEPT_QUEUE_STREAMS = 100;

  private static final int REFUSED_STREAMS = 5;

  private static UnaryOperator<PicoMuxBuilder> finMode(FinMode mode) {
    return settings -> settings.finMode(mode);
  }

  private static UnaryOperator<PicoMuxBuilder> finHold(long nanos) {
    return settings -> settings.limits(MuxLimits.builder().finHoldNanos(nanos).build());
  }

  /** A peer that has gone is noticed soon, and what is queued for it is given up soon. */
  private static PicoMuxBuilder noticeGonePeersSoon(PicoMuxBuilder settings) {
    return settings.limits(
        MuxLimits.builder().peerGoneNanos(SOON_NANOS).closeLingerNanos(10 * SOON_NANOS).build());
  }

  // ---- half-close

  @InteropTest(
      value = Case.HALF_CLOSE,
      opens = Side.JAVA,
      fin = InteropTest.Fin.ENDS_ONE_DIRECTION,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void peerAnswersAfterOurFin(Combination combination) throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination).with(finMode(FinMode.HALF_CLOSE)).start()) {
      JavaOpener opener = new JavaOpener(session.mux());
      halfClose(opener, 500_000, 300_000);
      halfClose(opener, 0, 0);
      for (long bytes : new long[] {0, 1, 5_000_000}) {
        echoToEndOfFile(opener, bytes);
      }
      writeAfterPeersFin(opener);
      session.finish();
    }
  }

  @InteropTest(
      value = Case.HALF_CLOSE,
      opens = Side.RUST,
      fin = InteropTest.Fin.ENDS_ONE_DIRECTION,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void weAnswerAfterThePeersFin(Combination combination) throws IOException {
    answerAfterPeersFin(combination, FinMode.HALF_CLOSE);
  }

  @InteropTest(
      value = Case.HALF_CLOSE_AUTO,
      opens = Side.JAVA,
      fin = InteropTest.Fin.ENDS_ONE_DIRECTION)
  void finIsHeldUntilThePeerHasProvenHalfClose(Combination combination) throws IOException {
    try (JoinedSession session = JoinedSession.of(combination).with(finHold(SOON_NANOS)).start()) {
      halfClose(new JavaOpener(session.mux()), 500_000, 300_000);
      assertThat(session.mux().stats().core().halfClose()).isFalse();
      session.finish();
    }
    try (JoinedSession session = JoinedSession.of(combination).with(finHold(NEVER_NANOS)).start()) {
      JavaOpener opener = new JavaOpener(session.mux());
      writeAfterPeersFin(opener);
      assertThat(session.mux().stats().core().halfClose()).isTrue();
      halfClose(opener, 500_000, 300_000);
      session.finish();
    }
  }

  @InteropTest(
      value = Case.HALF_CLOSE_AUTO,
      opens = Side.RUST,
      fin = InteropTest.Fin.ENDS_ONE_DIRECTION)
  void weAnswerAfterAFinOfUnprovenMeaning(Combination combination) throws IOException {
    answerAfterPeersFin(combination, FinMode.AUTO);
  }

  private static void answerAfterPeersFin(Combination combination, FinMode mode)
      throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination)
            .with(finMode(mode))
            .scenarios("half-close 500000 300000", "half-close 0 0", "echo-half 0,1,5000000")
            .start()) {
      new JavaService(session.mux(), combination.version()).start();
      session.awaitScenarios();
      session.finish();
    }
  }

  private static void halfClose(JavaOpener opener, long bytes, long answerBytes)
      throws IOException {
    try (MuxStream stream = opener.open("half-close " + answerBytes + " 5")) {
      Transfer.send(stream, bytes, 6);
      stream.shutdownOutput();
      assertThat(Receipt.fromWire(stream.inputStream())).isEqualTo(Receipt.ofSeed(6, bytes));
      assertThat(Transfer.receiveAll(stream)).isEqualTo(Receipt.ofSeed(5, answerBytes));
    }
  }

  private static void echoToEndOfFile(JavaOpener opener, long bytes) throws IOException {
    try (MuxStream stream = opener.open("echo")) {
      Background<Boolean> sending =
          Background.start(() -> {
            Transfer.send(stream, bytes, 7);
            stream.shutdownOutput();
            return true;
          });
      assertThat(Transfer.receiveAll(stream)).isEqualTo(Receipt.ofSeed(7, bytes));
      assertThat(sending.result()).isTrue();
    }
  }

  /** The peer ends its direction first; what we send then is more than it grants at once. */
  private static void writeAfterPeersFin(JavaOpener opener) throws IOException {
    String key = opener.newKey();
    try (MuxStream stream = opener.open("shut 100000 8 as=" + key)) {
      assertThat(Transfer.receiveAll(stream)).isEqualTo(Receipt.ofSeed(8, 100_000));
      Transfer.send(stream, 16_000_000, 9);
    }
    assertThat(opener.received(key)).isEqualTo(Receipt.ofSeed(9, 16_000_000));
  }

  // ---- full close

  @InteropTest(
      value = Case.FULL_CLOSE,
      opens = Side.JAVA,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void whatWeWriteBeforeClosingArrives(Combination combination) throws IOException {
    FrameCounts frames = new FrameCounts();
    try (JoinedSession session =
        JoinedSession.of(combination)
            .with(finHold(NEVER_NANOS))
            .with(settings -> settings.frameListener(frames))
            .start()) {
      JavaOpener opener = new JavaOpener(session.mux());
      for (long bytes : new long[] {1, 100_000, 3_000_000}) {
        // The answer comes although we have shut down first.
        try (MuxStream stream = opener.open("sink " + bytes)) {
          Transfer.send(stream, bytes, bytes);
          stream.shutdownOutput();
          assertThat(Receipt.fromWire(stream.inputStream()))
              .isEqualTo(Receipt.ofSeed(bytes, bytes));
          assertThat(Transfer.receiveAll(stream).bytes()).isZero();
        }
        try (MuxStream stream = opener.open("source " + bytes + " 1")) {
          stream.shutdownOutput();
          assertThat(Transfer.receiveAll(stream)).isEqualTo(Receipt.ofSeed(1, bytes));
        }
        closeRightAfterWriting(combination, session, frames, bytes);
      }
      session.finish();
    }
  }

  private static void closeRightAfterWriting(
      Combination combination, JoinedSession session, FrameCounts frames, long bytes)
      throws IOException {
    JavaOpener opener = new JavaOpener(session.mux());
    String key = "closed-" + bytes;
    MuxStream stream = opener.open("sink " + bytes + " as=" + key + " wait");
    Transfer.send(stream, bytes, bytes);
    stream.close();
    if (!combination.version().losesBytesBeforeFin()) {
      assertThat(opener.received(key)).isEqualTo(Receipt.ofSeed(bytes, bytes));
    }
    session.until("our FIN is out", () -> frames.sent(Command.FIN, stream.id()) == 1);
    assertThat(frames.dataBytesSent(stream.id())).isEqualTo(bytes);
  }

  @InteropTest(
      value = Case.FULL_CLOSE,
      opens = Side.RUST,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void whatIsWrittenBeforeClosingArrives(Combination combination) throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination)
            .scenarios(
                "drop-written 1",
                "drop-written 3000000",
                "echo-close 0,1,100000,3000000",
                "sink 3000000",
                "source 3000000")
            .start()) {
      new JavaService(session.mux(), combination.version()).start();
      session.awaitScenarios();
      session.finish();
    }
  }

  // ---- streams that are dropped

  @InteropTest(value = Case.DROPPED_UNREAD, opens = Side.JAVA)
  void sessionSurvivesStreamsThatThePeerDropsUnread(Combination combination) throws IOException {
    FrameCounts frames = new FrameCounts();
    try (JoinedSession session =
        JoinedSession.of(combination)
            .with(EndingsInteropTest::noticeGonePeersSoon)
            .with(settings -> settings.frameListener(frames))
            .start()) {
      JavaOpener opener = new JavaOpener(session.mux());
      int finTwice = 0;
      for (int i = 0; i < DROPPED_STREAMS; i++) {
        try (MuxStream stream = opener.open("drop-after 1")) {
          Transfer.send(stream, 100_000, i);
          assertThat(Transfer.receiveAll(stream).bytes()).isZero();
          session.until("the FIN", () -> frames.received(Command.FIN, stream.id()) > 0);
          finTwice += frames.received(Command.FIN, stream.id()) > 1 ? 1 : 0;
        }
      }
      opener.echo(1_000_000, 1);
      session.finish();
      Matrix.measure(Case.DROPPED_UNREAD, combination, Integer.toString(finTwice));
    }
  }

  @InteropTest(value = Case.DROPPED_UNREAD, opens = Side.RUST)
  void sessionSurvivesStreamsThatThePeerOpensAndDropsUnread(Combination combination)
      throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination)
            .with(EndingsInteropTest::noticeGonePeersSoon)
            .scenarios("drop-unread " + DROPPED_STREAMS + " 500000 1000", "echo 1000000")
            .start()) {
      new JavaService(session.mux(), combination.version()).start();
      session.awaitScenarios();
      session.finish();
    }
  }

  @InteropTest(
      value = Case.PEER_GONE,
      opens = Side.JAVA,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void writerLearnsThatThePeerHasGone(Combination combination) throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination).with(EndingsInteropTest::noticeGonePeersSoon).start()) {
      JavaOpener opener = new JavaOpener(session.mux());
      for (String command : List.of("gone", "drop-after 100000")) {
        try (MuxStream stream = opener.open(command)) {
          StreamException failure =
              catchThrowableOfType(
                  StreamException.class, () -> Transfer.send(stream, Long.MAX_VALUE, 1));
          assertThat(failure.reason()).isEqualTo(StreamFailure.PEER_GONE);
        }
      }
      opener.echo(1_000_000, 1);
      session.finish();
    }
  }

  @InteropTest(
      value = Case.PEER_GONE,
      opens = Side.RUST,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void serviceLearnsThatThePeerHasGone(Combination combination) throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination)
            .with(EndingsInteropTest::noticeGonePeersSoon)
            .scenarios("drop-unread 5 100000000 1000", "echo 1000000")
            .start()) {
      JavaService service = new JavaService(session.mux(), combination.version());
      service.start();
      session.awaitScenarios();
      session.finish();
      assertThat(service.served())
          .filteredOn(served -> served.command().startsWith("source"))
          .hasSize(5)
          .allSatisfy(served ->
              assertThat(served.failure())
                  .isInstanceOfSatisfying(
                      StreamException.class,
                      failure -> assertThat(failure.reason()).isEqualTo(StreamFailure.PEER_GONE)));
    }
  }

  // ---- refusal

  @InteropTest(value = Case.REFUSAL, opens = Side.JAVA)
  void peerRefusesStreamsBeyondItsAcceptQueue(Combination combination) throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination).peerOptions("--accept-gate").start()) {
      CountDownLatch refusals = new CountDownLatch(REFUSED_STREAMS);
      List<Background<Boolean>> answers = new ArrayList<>();
      for (int i = 0; i < ACCEPT_QUEUE_STREAMS + REFUSED_STREAMS; i++) {
        MuxStream stream = session.mux().open("meta".getBytes(UTF_8));
        answers.add(
            Background.start(() -> {
              try (stream) {
                boolean answered = Transfer.receiveAll(stream).bytes() > 0;
                if (!answered) {
                  refusals.countDown();
                }
                return answered;
              }
            }));
      }
      session.until("five refusals", () -> refusals.getCount() == 0);
      session.peer().letAccept();
      int answered = 0;
      for (Background<Boolean> answer : answers) {
        answered += answer.result() ? 1 : 0;
      }
      assertThat(answered).isEqualTo(ACCEPT_QUEUE_STREAMS);
      session.finish();
    }
  }

  @InteropTest(value = Case.REFUSAL, opens = Side.RUST)
  void weRefuseStreamsBeyondOurAcceptQueue(Combination combination) throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination)
            .with(settings ->
                settings.limits(
                    MuxLimits.builder().acceptQueueStreams(ACCEPT_QUEUE_STREAMS).build()))
            .scenarios(
                "refused " + (ACCEPT_QUEUE_STREAMS + REFUSED_STREAMS) + " " + REFUSED_STREAMS)
            .start()) {
      session.awaitScenarios();
      assertThat(session.mux().stats().core().streamsRefused()).isEqualTo(REFUSED_STREAMS);
      JavaService service = new JavaService(session.mux(), combination.version());
      service.start();
      session.finish();
      assertThat(service.accepted()).hasSize(ACCEPT_QUEUE_STREAMS);
    }
  }
}
