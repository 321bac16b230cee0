package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.Command;
import io.picomux.core.FrameEncoder;
import io.picomux.core.MuxConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is written at once in bulk, and who is woken by what was read at once. */
@Timeout(60)
class BulkRoundsTest {
  private static final int BODY_BYTES = 8192;
  private static final int FRAME_BYTES = 8 + BODY_BYTES;

  private final PicoMux mux;
  private final Session session;

  BulkRoundsTest() throws IOException {
    SessionOptions options = new SessionOptions(Runnable::run, Thread.ofVirtual().factory(), null);
    AtomicReference<Session> made = new AtomicReference<>();
    mux =
        new PicoMux(
            MuxConfig.DEFAULT,
            options,
            1,
            of -> {
              made.set(of);
              return new StillDriver();
            });
    session = made.get();
  }

  @AfterEach
  void end() {
    mux.abort();
  }

  @Test
  void fullFramesOfARoundFitASegment() throws Exception {
    MuxStream stream = mux.open(new byte[0]);
    assertThat(roundBytes()).as("the SYN and a PING").isPositive();
    int credit = 10;
    assertThat(stream.tryWrite(ByteBuffer.allocate(credit * BODY_BYTES)))
        .isEqualTo(credit * BODY_BYTES);
    assertThat(roundBytes()).isEqualTo(7 * FRAME_BYTES);
    assertThat(roundBytes()).as("what is left").isEqualTo(3 * FRAME_BYTES);
  }

  /** However long the frames are, the last of which may begin one byte before the end. */
  @Test
  void framesOfAnyLengthFitASegment() throws Exception {
    for (int length = 1; length < BODY_BYTES; length += 97) {
      MuxStream stream = mux.open(new byte[0]);
      assertThat(stream.tryWrite(ByteBuffer.allocate(length))).isEqualTo(length);
      MuxStream bulk = mux.open(new byte[0]);
      assertThat(bulk.tryWrite(ByteBuffer.allocate(3 * BODY_BYTES))).isEqualTo(3 * BODY_BYTES);
    }
    int rounds = 0;
    int bytes;
    while ((bytes = roundBytes()) > 0) {
      assertThat(bytes).isLessThanOrEqualTo(Driver.LOOPBACK_SEGMENT_BYTES);
      rounds++;
    }
    assertThat(rounds).isGreaterThan(30);
  }

  @Test
  void whoeverWaitsForMuchIsWokenAtTheEndOfATurnAndOthersAtOnce() throws Exception {
    MuxStream bulk = mux.open(new byte[0]);
    MuxStream sparse = mux.open(new byte[0]);
    Background<Integer> bulkRead =
        Background.start(() -> bulk.read(ByteBuffer.allocate(3 * BODY_BYTES))).awaitWaiting();
    Background<Integer> sparseRead =
        Background.start(() -> sparse.read(ByteBuffer.allocate(BODY_BYTES))).awaitWaiting();
    session.reader().wakeReadersLater();
    receive(bulk, BODY_BYTES);
    receive(sparse, 1);
    assertThat(sparseRead.get()).isEqualTo(1);
    assertThat(bulkRead.isDone()).isFalse();
    receive(bulk, BODY_BYTES);
    session.reader().wakeReaders();
    assertThat(bulkRead.get()).isEqualTo(2 * BODY_BYTES);
  }

  @Test
  void outsideOfATurnEverybodyIsWokenAtOnce() throws Exception {
    MuxStream bulk = mux.open(new byte[0]);
    session.reader().wakeReadersLater();
    session.reader().wakeReaders();
    Background<Integer> read =
        Background.start(() -> bulk.read(ByteBuffer.allocate(BODY_BYTES))).awaitWaiting();
    receive(bulk, BODY_BYTES);
    assertThat(read.get()).isEqualTo(BODY_BYTES);
  }

  private void receive(MuxStream stream, int bytes) {
    session.onInput(
        ByteBuffer.wrap(FrameEncoder.encode(Command.PSH, stream.id(), new byte[bytes])));
  }

  private int roundBytes() {
    ByteBuffer target = ByteBuffer.allocateDirect(Driver.ROUND_BYTES + Session.LONGEST_FRAME_BYTES);
    session.fill(target, Driver.ROUND_BYTES);
    return target.position();
  }
}
