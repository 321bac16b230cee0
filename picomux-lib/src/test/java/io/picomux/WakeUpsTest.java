package io.picomux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.Command;
import io.picomux.core.FrameEncoder;
import io.picomux.core.MuxConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is woken by what was read at once, and when what they bring is written. */
@Timeout(60)
class WakeUpsTest {
  private static final int FULL_BODY_BYTES = 8192;
  private static final int PEERS_STREAM_ID = 4711;

  /** Notes what happens, in its order. */
  private static final class NotingDriver extends StillDriver {
    final AtomicInteger turnsBegun = new AtomicInteger();
    final AtomicInteger writesAsked = new AtomicInteger();
    boolean broken;
    private final CountDownLatch turnEnded = new CountDownLatch(1);

    @Override
    public void beginTurn() {
      if (broken) {
        throw new IllegalStateException("of this test");
      }
      turnsBegun.incrementAndGet();
    }

    @Override
    public void endTurn() {
      turnEnded.countDown();
    }

    @Override
    public void requestWrite(int callerBytes) {
      writesAsked.incrementAndGet();
    }
  }

  private final NotingDriver driver = new NotingDriver();
  private final StillSession still;
  private final PicoMux mux;

  WakeUpsTest() throws IOException {
    still = StillSession.over(MuxConfig.DEFAULT, driver);
    mux = still.mux();
  }

  @BeforeEach
  void begin() {
    still.session().reader().wakeUps().begin();
  }

  @AfterEach
  void end() {
    still.close();
  }

  @Test
  void severalWhoWaitForLittleAreWokenInATurn() throws Exception {
    List<MuxStream> streams = openStreams(2);
    List<Background<Integer>> reads = readAll(streams, true);
    receive(streams.get(0), 1);
    receive(streams.get(1), 2);
    assertThat(reads).noneMatch(Background::isDone);
    assertThat(driver.turnsBegun).hasValue(0);
    endOfLoopsTurn();
    assertThat(driver.turnsBegun).hasValue(1);
    driver.turnEnded.await();
    assertThat(reads.get(0).get()).isEqualTo(1);
    assertThat(reads.get(1).get()).isEqualTo(2);
  }

  @Test
  void whoeverWaitsAloneIsWokenWithoutATurn() throws Exception {
    List<MuxStream> streams = openStreams(1);
    List<Background<Integer>> reads = readAll(streams, true);
    receive(streams.get(0), 1);
    endOfLoopsTurn();
    assertThat(reads.get(0).get()).isEqualTo(1);
    assertThat(driver.turnsBegun).hasValue(0);
  }

  @Test
  void platformThreadsThatWaitForLittleAreWokenAtOnce() throws Exception {
    List<MuxStream> streams = openStreams(2);
    List<Background<Integer>> reads = readAll(streams, false);
    for (int i = 0; i < 2; i++) {
      receive(streams.get(i), 1);
      assertThat(reads.get(i).get()).isEqualTo(1);
    }
    endOfLoopsTurn();
    assertThat(driver.turnsBegun).hasValue(0);
  }

  @Test
  void whoeverWaitsForMuchIsWokenAtTheEndWithoutATurn() throws Exception {
    List<MuxStream> streams = openStreams(2);
    List<Background<Integer>> reads = readAll(streams, true);
    receive(streams.get(0), FULL_BODY_BYTES);
    receive(streams.get(1), FULL_BODY_BYTES);
    assertThat(reads).noneMatch(Background::isDone);
    receive(streams.get(0), FULL_BODY_BYTES);
    endOfLoopsTurn();
    assertThat(reads.get(0).get()).isEqualTo(2 * FULL_BODY_BYTES);
    assertThat(reads.get(1).get()).isEqualTo(FULL_BODY_BYTES);
    assertThat(driver.turnsBegun).hasValue(0);
  }

  /** More bulk may come before the loop's turn ends. */
  @Test
  void whoeverWaitsForLittleAmongMuchIsWokenAtOnce() throws Exception {
    List<MuxStream> streams = openStreams(2);
    List<Background<Integer>> reads = readAll(streams, true);
    int frames = WakeUps.LARGE_INPUT_BYTES / FULL_BODY_BYTES;
    ByteBuffer input = ByteBuffer.allocate((frames + 1) * (FULL_BODY_BYTES + 8));
    for (int i = 0; i < frames; i++) {
      input.put(FrameEncoder.encode(Command.PSH, streams.get(0).id(), new byte[FULL_BODY_BYTES]));
    }
    input.put(FrameEncoder.encode(Command.PSH, streams.get(1).id(), new byte[1]));
    still.session().onInput(input.flip());
    assertThat(reads.get(1).get()).isEqualTo(1);
    assertThat(reads.get(0).isDone()).isFalse();
    endOfLoopsTurn();
    assertThat(reads.get(0).get()).isGreaterThanOrEqualTo(FULL_BODY_BYTES);
  }

  @Test
  void whoeverWaitsForTheEndOfAStreamOrForANewOneTakesPart() throws Exception {
    List<MuxStream> streams = openStreams(1);
    List<Background<Integer>> reads = readAll(streams, true);
    Background<MuxStream> accept = Background.start(mux::accept).awaitWaiting();
    still.receive(Command.FIN, streams.get(0).id(), 0);
    still.receive(Command.SYN, PEERS_STREAM_ID, 0);
    assertThat(reads.get(0).isDone()).isFalse();
    assertThat(accept.isDone()).isFalse();
    endOfLoopsTurn();
    assertThat(driver.turnsBegun).hasValue(1);
    assertThat(reads.get(0).get()).isEqualTo(-1);
    assertThat(accept.get().id()).isEqualTo(PEERS_STREAM_ID);
  }

  @Test
  void whoeverWaitsAloneMakesNoTurnForItsLastDataAndTheEnd() throws Exception {
    List<MuxStream> streams = openStreams(1);
    List<Background<Integer>> reads = readAll(streams, true);
    receive(streams.get(0), 1);
    still.receive(Command.FIN, streams.get(0).id(), 0);
    endOfLoopsTurn();
    assertThat(driver.turnsBegun).hasValue(0);
    assertThat(reads.get(0).get()).isEqualTo(1);
  }

  /** A platform thread needs no carrier: it must not wait for one. */
  @Test
  void platformThreadsAreWokenAtOnceAlsoWhereAVirtualOneWaits() throws Exception {
    MuxStream stream = mux.open(new byte[0]);
    Background<Integer> first =
        Background.start(() -> stream.read(ByteBuffer.allocate(1)), false).awaitWaiting();
    Background<Integer> second =
        Background.start(() -> stream.read(ByteBuffer.allocate(1))).awaitWaiting();
    receive(stream, 2);
    assertThat(first.get()).isEqualTo(1);
    assertThat(second.get()).isEqualTo(1);
    Background<MuxStream> accept = Background.start(mux::accept, false).awaitWaiting();
    Background<MuxStream> virtualAccept = Background.start(mux::accept).awaitWaiting();
    still.receive(Command.SYN, PEERS_STREAM_ID, 0);
    assertThat(accept.get().id()).isEqualTo(PEERS_STREAM_ID);
    // The virtual one is the only one left, so that the next stream wakes it at the end.
    still.receive(Command.SYN, PEERS_STREAM_ID + 1, 0);
    assertThat(virtualAccept.isDone()).isFalse();
    endOfLoopsTurn();
    assertThat(virtualAccept.get().id()).isEqualTo(PEERS_STREAM_ID + 1);
  }

  /** The driver has no memory left for instance. */
  @Test
  void allAreWokenAlsoWhenATurnCannotBegin() throws Exception {
    List<MuxStream> streams = openStreams(2);
    List<Background<Integer>> reads = readAll(streams, true);
    streams.forEach(stream -> receive(stream, 1));
    driver.broken = true;
    endOfLoopsTurn();
    for (Background<Integer> read : reads) {
      assertThat(read.get()).isEqualTo(1);
    }
  }

  @Test
  void manyMakeSeveralTurnsOfWhichTheFirstDoNotWait() throws Exception {
    List<MuxStream> streams = openStreams(33);
    List<Background<Integer>> reads = readAll(streams, true);
    streams.forEach(stream -> receive(stream, 1));
    for (Background<Integer> read : reads.subList(0, 32)) {
      assertThat(read.get()).isEqualTo(1);
    }
    assertThat(driver.turnsBegun).hasValue(1);
    endOfLoopsTurn();
    assertThat(reads.get(32).get()).isEqualTo(1);
  }

  /** What the input makes the session write goes out with what the threads bring. */
  @Test
  void whatTheInputLeavesToWriteWaitsForATurn() throws Exception {
    List<MuxStream> streams = openStreamsBeforeTheTurn(2);
    readAll(streams, true);
    streams.forEach(stream -> receive(stream, 1));
    writeAll();
    int before = driver.writesAsked.get();
    receivePing();
    assertThat(driver.writesAsked).hasValue(before);
  }

  /** Then there is no turn after all, at the end of which it would be written. */
  @Test
  void whatTheInputLeavesToWriteIsAskedForWhenBulkFollows() throws Exception {
    List<MuxStream> streams = openStreamsBeforeTheTurn(3);
    readAll(streams, true);
    writeAll();
    receive(streams.get(0), 1);
    receive(streams.get(1), 1);
    receivePing();
    int before = driver.writesAsked.get();
    receive(streams.get(2), FULL_BODY_BYTES);
    endOfLoopsTurn();
    assertThat(driver.turnsBegun).hasValue(0);
    assertThat(driver.writesAsked.get()).isGreaterThan(before);
  }

  @Test
  void whatTheInputLeavesToWriteIsAskedForWithoutATurn() throws Exception {
    writeAll();
    int before = driver.writesAsked.get();
    receivePing();
    assertThat(driver.writesAsked.get()).isGreaterThan(before);
  }

  @Test
  void outsideOfTheLoopsTurnEverybodyIsWokenAtOnce() throws Exception {
    endOfLoopsTurn();
    List<MuxStream> streams = openStreams(2);
    List<Background<Integer>> reads = readAll(streams, true);
    receive(streams.get(0), 1);
    receive(streams.get(1), FULL_BODY_BYTES);
    assertThat(reads.get(0).get()).isEqualTo(1);
    assertThat(reads.get(1).get()).isEqualTo(FULL_BODY_BYTES);
  }

  /** Callbacks that run on the thread that reads answer the same input one after the other. */
  @Test
  void whatSeveralCallbacksWriteIsAskedForOnce() throws Exception {
    List<MuxStream> streams = openStreamsBeforeTheTurn(3);
    streams.forEach(stream -> stream.onReadable(() -> answer(stream)));
    ByteBuffer input = ByteBuffer.allocate(streams.size() * (8 + 1));
    streams.forEach(
        stream -> input.put(FrameEncoder.encode(Command.PSH, stream.id(), new byte[1])));
    int before = driver.writesAsked.get();
    still.session().onInput(input.flip());
    endOfLoopsTurn();
    assertThat(streams).allMatch(stream -> stream.stats().bytesWritten() == 1);
    assertThat(driver.writesAsked).hasValue(before + 1);
  }

  /** They read nothing, so that no credit is to be granted. */
  @Test
  void whatCallbacksWriteIsAskedForAtTheEndWhenTheInputLeavesNothingToWrite() throws Exception {
    List<MuxStream> streams = openStreamsBeforeTheTurn(2);
    streams.forEach(stream -> stream.onReadable(() -> write(stream)));
    int before = driver.writesAsked.get();
    streams.forEach(stream -> receive(stream, 1));
    assertThat(driver.writesAsked).hasValue(before);
    endOfLoopsTurn();
    assertThat(driver.writesAsked).hasValue(before + 1);
  }

  @Test
  void whatACallbackOpensAndClosesIsAskedForOnce() throws Exception {
    MuxStream stream = openStreamsBeforeTheTurn(1).getFirst();
    stream.onReadable(() -> {
      try {
        mux.open(new byte[0]).close();
        stream.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    int before = driver.writesAsked.get();
    receive(stream, 1);
    endOfLoopsTurn();
    assertThat(stream.isOpen()).isFalse();
    assertThat(driver.writesAsked).hasValue(before + 1);
  }

  @Test
  void aCallbackThatFlushesIsWrittenForAtOnce() throws Exception {
    MuxStream stream = openStreamsBeforeTheTurn(1).getFirst();
    AtomicInteger asked = new AtomicInteger();
    stream.onReadable(() -> {
      write(stream);
      stream.flush();
      asked.set(driver.writesAsked.get());
    });
    int before = driver.writesAsked.get();
    receive(stream, 1);
    assertThat(asked).hasValue(before + 1);
  }

  /** What is opened has no data that would be announced. */
  @Test
  void aCallbackThatOpensAndFlushesIsWrittenForAtOnce() throws Exception {
    MuxStream stream = openStreamsBeforeTheTurn(1).getFirst();
    AtomicInteger asked = new AtomicInteger();
    stream.onReadable(() -> {
      try {
        mux.open(new byte[0]).flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      asked.set(driver.writesAsked.get());
    });
    int before = driver.writesAsked.get();
    receive(stream, 1);
    assertThat(asked).hasValue(before + 1);
  }

  @Test
  void whatOtherThreadsWriteDuringTheTurnIsAskedForAtOnce() throws Exception {
    MuxStream stream = openStreamsBeforeTheTurn(1).getFirst();
    int before = driver.writesAsked.get();
    assertThat(Background.start(() -> stream.tryWrite(ByteBuffer.allocate(1))).get()).isEqualTo(1);
    assertThat(driver.writesAsked).hasValue(before + 1);
  }

  /** What is opened on the thread of the turn would be taken for a callback's. */
  private List<MuxStream> openStreamsBeforeTheTurn(int count) throws IOException {
    endOfLoopsTurn();
    List<MuxStream> streams = openStreams(count);
    writeAll();
    begin();
    return streams;
  }

  private static void answer(MuxStream stream) {
    try {
      assertThat(stream.tryRead(ByteBuffer.allocate(1))).isEqualTo(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    write(stream);
  }

  private static void write(MuxStream stream) {
    try {
      assertThat(stream.tryWrite(ByteBuffer.allocate(1))).isEqualTo(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void endOfLoopsTurn() {
    still.session().reader().wakeUps().end();
  }

  private void receivePing() {
    byte[] body = "{\"next_ping_in_ms\":1000}".getBytes(UTF_8);
    still.session().onInput(ByteBuffer.wrap(FrameEncoder.encode(Command.PING, 0, body)));
  }

  private void writeAll() {
    ByteBuffer target = ByteBuffer.allocateDirect(Driver.ROUND_BYTES + Session.LONGEST_FRAME_BYTES);
    still.session().fill(target, Driver.ROUND_BYTES);
  }

  private List<MuxStream> openStreams(int count) throws IOException {
    List<MuxStream> streams = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      streams.add(mux.open(new byte[0]));
    }
    return streams;
  }

  private static List<Background<Integer>> readAll(List<MuxStream> streams, boolean virtual) {
    return streams.stream()
        .map(stream ->
            Background.start(() -> stream.read(ByteBuffer.allocate(8 * FULL_BODY_BYTES)), virtual)
                .awaitWaiting())
        .toList();
  }

  private void receive(MuxStream stream, int bytes) {
    still.receive(Command.PSH, stream.id(), bytes);
  }
}
