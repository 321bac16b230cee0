package io.picomux.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.MuxStream;
import io.picomux.StreamStats;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Timeout;

/** Bytes arrive, all of them and in order, whatever their number and however slow the reader. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class TransferInteropTest {

  private static final int[] METADATA_BYTES = {0, 1, 8192, 65_535};

  /** Around the bounds of a frame, and up to well above the peer's whole window of 12.3 MB. */
  private static final long[] ECHO_BYTES = {0, 1, 8191, 8192, 8193, 100_000, 1_000_000, 20_000_000};

  private static final String ECHO_LIST = "0,1,8191,8192,8193,100000,1000000,20000000";

  /** The crate's largest window. */
  private static final int WINDOW_FRAMES = 1500;

  private static final long WINDOW_BYTES = WINDOW_FRAMES * 8192L;

  private static final long ABOVE_WINDOW_BYTES = 16_000_000;

  private static final int CONCURRENT_STREAMS = 60;
  private static final int CONCURRENT_BYTES = 50_000;

  /** Looks at a still stream, each after a round trip, before it counts as stuck. */
  private static final int STILL_LOOKS = 20;

  @InteropTest(value = Case.METADATA, opens = Side.JAVA)
  void peerReceivesMetadata(Combination combination) throws IOException {
    try (JoinedSession session = JoinedSession.of(combination).start()) {
      for (int bytes : METADATA_BYTES) {
        byte[] metadata = SeededBytes.of(bytes, bytes);
        if (bytes > 0) {
          metadata[0] = (byte) 0xFF; // no letter, so not a command by chance
        }
        Receipt.Meter meter = new Receipt.Meter();
        meter.add(metadata, 0, bytes);
        try (MuxStream stream = session.mux().open(metadata)) {
          assertThat(Transfer.readLine(stream)).isEqualTo(bytes + " " + meter.receipt().sha256());
          assertThat(Transfer.receiveAll(stream).bytes()).isZero();
        }
      }
      session.finish();
    }
  }

  @InteropTest(value = Case.METADATA, opens = Side.RUST)
  void metadataArrives(Combination combination) throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination).scenarios("meta 0,1,8192,65535").start()) {
      new JavaService(session.mux(), combination.version()).start();
      session.awaitScenarios();
      session.finish();
    }
  }

  @InteropTest(
      value = Case.ECHO,
      opens = Side.JAVA,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void peerEchoes(Combination combination) throws IOException {
    try (JoinedSession session = JoinedSession.of(combination).start()) {
      JavaOpener opener = new JavaOpener(session.mux());
      for (long bytes : ECHO_BYTES) {
        opener.echo(bytes, bytes);
      }
      session.finish();
    }
  }

  @InteropTest(
      value = Case.ECHO,
      opens = Side.RUST,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void echoesReachThePeer(Combination combination) throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination).scenarios("echo " + ECHO_LIST).start()) {
      JavaService service = new JavaService(session.mux(), combination.version());
      service.start();
      session.awaitScenarios();
      session.finish();
      for (long bytes : ECHO_BYTES) {
        assertThat(service.served("echo " + bytes + " wait"))
            .extracting(JavaService.Served::received)
            .containsExactly(Receipt.ofSeed(bytes, bytes));
      }
    }
  }

  @InteropTest(
      value = Case.CONCURRENT,
      opens = Side.JAVA,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void peerEchoesManyStreamsAtOnce(Combination combination) throws IOException {
    try (JoinedSession session = JoinedSession.of(combination).start()) {
      JavaOpener opener = new JavaOpener(session.mux());
      List<Background<Boolean>> echoes = new ArrayList<>();
      for (int seed = 0; seed < CONCURRENT_STREAMS; seed++) {
        long streamSeed = seed;
        echoes.add(
            Background.start(() -> {
              opener.echo(CONCURRENT_BYTES, streamSeed);
              return true;
            }));
      }
      for (Background<Boolean> echo : echoes) {
        assertThat(echo.result()).isTrue();
      }
      session.finish();
    }
  }

  @InteropTest(
      value = Case.CONCURRENT,
      opens = Side.RUST,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void echoesOfManyStreamsReachThePeer(Combination combination) throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination)
            .scenarios("concurrent " + CONCURRENT_STREAMS + " " + CONCURRENT_BYTES)
            .start()) {
      JavaService service = new JavaService(session.mux(), combination.version());
      service.start();
      session.awaitScenarios();
      session.finish();
      assertThat(service.served("echo " + CONCURRENT_BYTES + " wait")).hasSize(CONCURRENT_STREAMS);
    }
  }

  @InteropTest(value = Case.SMALL_WRITES, opens = Side.JAVA)
  void smallWritesArrive(Combination combination) throws IOException {
    try (JoinedSession session = JoinedSession.of(combination).start()) {
      JavaOpener opener = new JavaOpener(session.mux());
      opener.echo(200_000, 1, 100);
      try (MuxStream stream = opener.open("echo 32000 wait")) {
        SeededBytes generator = new SeededBytes(2);
        byte[] ball = new byte[64];
        InputStream input = stream.inputStream();
        OutputStream output = stream.outputStream();
        for (int round = 0; round < 500; round++) {
          generator.fill(ball, 0, ball.length);
          output.write(ball);
          assertThat(input.readNBytes(ball.length)).isEqualTo(ball);
        }
      }
      session.finish();
    }
  }

  @InteropTest(value = Case.SMALL_WRITES, opens = Side.RUST)
  void smallWritesOfThePeerArrive(Combination combination) throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination).scenarios("small 2000 100", "pingpong 500 64").start()) {
      new JavaService(session.mux(), combination.version()).start();
      session.awaitScenarios();
      session.finish();
    }
  }

  @InteropTest(
      value = Case.BOTH_WAYS,
      opens = Side.JAVA,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void bothDirectionsAreBusy(Combination combination) throws IOException {
    try (JoinedSession session = JoinedSession.of(combination).start()) {
      JavaOpener opener = new JavaOpener(session.mux());
      Background<Boolean> down =
          Background.start(() -> {
            opener.source(5_000_000, 3);
            return true;
          });
      opener.sink(5_000_000, 4);
      assertThat(down.result()).isTrue();
      session.finish();
    }
  }

  @InteropTest(
      value = Case.BOTH_WAYS,
      opens = Side.RUST,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void peerKeepsBothDirectionsBusy(Combination combination) throws IOException {
    try (JoinedSession session = JoinedSession.of(combination).scenarios("both 5000000").start()) {
      new JavaService(session.mux(), combination.version()).start();
      session.awaitScenarios();
      session.finish();
    }
  }

  @InteropTest(value = Case.DEBLOAT, opens = Side.JAVA)
  void debloatIsSwitchedOnBothSides(Combination combination) throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination)
            .with(settings -> settings.debloat(true))
            .peerOptions("--debloat")
            .start()) {
      JavaOpener opener = new JavaOpener(session.mux());
      assertThat(session.mux().isDebloat()).isTrue();
      assertThat(opener.ask("stats")).contains("\"debloat\":true");
      opener.echo(5_000_000, 5);
      opener.echo(50_000, 6, 100);
      assertThat(opener.ask("debloat off")).isEqualTo("ok");
      session.mux().setDebloat(false);
      assertThat(opener.ask("stats")).contains("\"debloat\":false");
      opener.echo(1_000_000, 7);
      assertThat(opener.ask("debloat on")).isEqualTo("ok");
      session.mux().setDebloat(true);
      opener.echo(1_000_000, 8);
      session.finish();
    }
  }

  @InteropTest(value = Case.DEBLOAT, opens = Side.RUST)
  void peerOpensStreamsWithDebloat(Combination combination) throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination)
            .with(settings -> settings.debloat(true))
            .peerOptions("--debloat")
            .scenarios("echo 1000,5000000", "small 500 100", "both 2000000")
            .start()) {
      new JavaService(session.mux(), combination.version()).start();
      PeerProcess.SessionReport report = session.awaitScenarios();
      assertThat(report.json().get("debloat").getAsBoolean()).isTrue();
      session.finish();
    }
  }

  @InteropTest(
      value = Case.RUST_READS_SLOWLY,
      opens = Side.JAVA,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void writerWaitsForAPeerThatDoesNotRead(Combination combination) throws IOException {
    try (JoinedSession session = JoinedSession.of(combination).start()) {
      JavaOpener opener = new JavaOpener(session.mux());
      try (MuxStream stream = opener.open("hold slow")) {
        Background<Boolean> writing =
            Background.start(() -> {
              Transfer.send(stream, ABOVE_WINDOW_BYTES, 9);
              return true;
            });
        awaitStill(
            session,
            "the whole window of the peer is used",
            () -> session.mux().stats().core().dataBytesSent(),
            () ->
                stream.stats().waitsFor() == StreamStats.WaitsFor.PEER_CREDIT
                    && session.mux().stats().core().framesSent() >= WINDOW_FRAMES);
        opener.echo(1_000_000, 10);
        assertThat(writing.isDone()).isFalse();
        opener.tell("slow", "sink " + ABOVE_WINDOW_BYTES + " wait");
        assertThat(Receipt.fromWire(stream.inputStream()))
            .isEqualTo(Receipt.ofSeed(9, ABOVE_WINDOW_BYTES));
        assertThat(writing.result()).isTrue();
      }
      session.finish();
    }
  }

  @InteropTest(
      value = Case.RUST_READS_SLOWLY,
      opens = Side.RUST,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void peerReadsWithPauses(Combination combination) throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination)
            .scenarios("slow " + ABOVE_WINDOW_BYTES + " 1 65536")
            .start()) {
      JavaService service = new JavaService(session.mux(), combination.version());
      service.start();
      session.until(
          "the writer lacks credit",
          () ->
              service.accepted().stream()
                  .map(MuxStream::stats)
                  .anyMatch(stats ->
                      stats.waitsFor() == StreamStats.WaitsFor.PEER_CREDIT
                          && stats.bytesWritten() > WINDOW_BYTES));
      session.awaitScenarios();
      session.finish();
    }
  }

  @InteropTest(
      value = Case.JAVA_READS_SLOWLY,
      opens = Side.JAVA,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void peerWaitsForAReaderThatDoesNotRead(Combination combination) throws IOException {
    try (JoinedSession session = JoinedSession.of(combination).start()) {
      JavaOpener opener = new JavaOpener(session.mux());
      try (MuxStream stream = opener.open("source " + ABOVE_WINDOW_BYTES + " 11")) {
        awaitCreditUsedUp(session, stream);
        opener.echo(1_000_000, 12);
        assertThat(Transfer.receiveAll(stream)).isEqualTo(Receipt.ofSeed(11, ABOVE_WINDOW_BYTES));
      }
      session.finish();
    }
  }

  @InteropTest(
      value = Case.JAVA_READS_SLOWLY,
      opens = Side.RUST,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void peerWaitsForAServiceThatDoesNotRead(Combination combination) throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination).scenarios("sink " + ABOVE_WINDOW_BYTES).start()) {
      CountDownLatch reading = new CountDownLatch(1);
      JavaService service =
          new JavaService(session.mux(), combination.version()).readAfter(reading);
      service.start();
      session.until("the stream is accepted", () -> service.accepted().size() == 1);
      awaitCreditUsedUp(session, service.accepted().getFirst());
      reading.countDown();
      session.awaitScenarios();
      session.finish();
    }
  }

  private static void awaitCreditUsedUp(JoinedSession session, MuxStream stream)
      throws IOException {
    awaitStill(
        session,
        "the peer has used all its credit",
        () -> session.mux().stats().core().dataBytesReceived(),
        () -> stream.stats().unreadBytes() > 0 && stream.stats().receiveCreditFrames() == 0);
  }

  /** Waits until a condition holds and goes on to hold, while no byte moves. */
  private static void awaitStill(
      JoinedSession session, String what, LongSupplier bytesMoved, BooleanSupplier condition)
      throws IOException {
    long[] movedBefore = {-1};
    int[] looks = {0};
    session.until(
        what,
        () -> {
          long moved = bytesMoved.getAsLong();
          looks[0] = condition.getAsBoolean() && moved == movedBefore[0] ? looks[0] + 1 : 0;
          movedBefore[0] = moved;
          return looks[0] == STILL_LOOKS;
        });
  }
}
