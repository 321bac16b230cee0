package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.Command;
import io.picomux.core.FrameEncoder;
import io.picomux.core.MuxConfig;
import io.picomux.core.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When reads of a transport that blocks wake those who wait for what they bring. */
@Timeout(60)
class TransportReaderTest {
  private static final int FULL_BODY_BYTES = 8192;

  /** Gives a session what the test has put, each piece to one read. */
  private static final class Pieces implements Transport {
    final BlockingQueue<byte[]> next = new LinkedBlockingQueue<>();

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        byte[] piece = next.take();
        System.arraycopy(piece, 0, buffer, offset, piece.length);
        return piece.length == 0 ? -1 : piece.length;
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void write(byte[] buffer, int offset, int length) {}

    @Override
    public void close() {
      next.add(new byte[0]);
    }
  }

  private final Pieces pieces = new Pieces();

  private final StillSession still;
  private final TransportReader reader;

  TransportReaderTest() throws IOException {
    still = StillSession.over(MuxConfig.DEFAULT, new StillDriver());
    reader = new TransportReader(still.session(), pieces, TransportReader.READ_BYTES);
  }

  @AfterEach
  void end() {
    still.close();
  }

  @Test
  void whoeverWaitsForMuchIsWokenWithTheReadThatIsNotFull() throws Exception {
    MuxStream stream = still.mux().open(new byte[0]);
    Background<Integer> read = readFrom(stream);
    assertThat(reader.take(dataOf(stream, 2), true)).isTrue();
    assertThat(reader.take(dataOf(stream, 1), true)).isTrue();
    assertThat(read.isDone()).isFalse();
    assertThat(reader.take(dataOf(stream, 1), false)).isFalse();
    assertThat(read.get()).isEqualTo(4 * FULL_BODY_BYTES);
  }

  @Test
  void whoeverWaitsForMuchIsWokenWhenEightRecordsHaveCome() throws Exception {
    MuxStream stream = still.mux().open(new byte[0]);
    Background<Integer> read = readFrom(stream);
    ByteBuffer data = dataOf(stream, 16);
    for (int i = 1; i <= 8; i++) {
      data.limit(i * StreamTransport.FULL_RECORD_BYTES);
      assertThat(reader.take(data, true)).isEqualTo(i < 8);
    }
    assertThat(read.get()).isGreaterThan(15 * FULL_BODY_BYTES);
  }

  @Test
  void aPlatformThreadIsWokenByEachRead() throws Exception {
    MuxStream stream = still.mux().open(new byte[0]);
    Background<Integer> read =
        Background.start(() -> stream.read(ByteBuffer.allocate(16 * FULL_BODY_BYTES)), false)
            .awaitWaiting();
    assertThat(reader.take(dataOf(stream, 2), true)).isFalse();
    assertThat(read.get()).isEqualTo(2 * FULL_BODY_BYTES);
  }

  @Test
  void fullReadsWakeAtOnceForAWhileAfterOneThatNothingHasFollowed() throws Exception {
    MuxStream stream = still.mux().open(new byte[0]);
    Background<Integer> read = readFrom(stream);
    reader.take(dataOf(stream, 2), true);
    reader.look();
    reader.look();
    read.get();
    for (int i = 0; i < 64; i++) {
      read = readFrom(stream);
      assertThat(reader.take(dataOf(stream, 1), true)).isFalse();
      assertThat(read.get()).isEqualTo(FULL_BODY_BYTES);
    }
    readFrom(stream);
    assertThat(reader.take(dataOf(stream, 1), true)).isTrue();
  }

  @Test
  void whoeverWaitsForLittleIsWokenAtOnce() throws Exception {
    MuxStream much = still.mux().open(new byte[0]);
    MuxStream little = still.mux().open(new byte[0]);
    Background<Integer> readMuch = readFrom(much);
    Background<Integer> readLittle = readFrom(little);
    byte[] small = FrameEncoder.encode(Command.PSH, little.id(), new byte[1]);
    ByteBuffer input = dataOf(much, 1);
    ByteBuffer both = ByteBuffer.allocate(input.remaining() + small.length);
    assertThat(reader.take(both.put(input).put(small).flip(), true)).isFalse();
    assertThat(readLittle.get()).isEqualTo(1);
    assertThat(readMuch.get()).isEqualTo(FULL_BODY_BYTES);
  }

  /** The next read may wait for the answer to what a callback writes. */
  @Test
  void nobodyWaitsForMoreWhereACallbackHasWritten() throws Exception {
    MuxStream much = still.mux().open(new byte[0]);
    MuxStream little = still.mux().open(new byte[0]);
    Background<Integer> read = readFrom(much);
    little.onReadable(() -> {
      try {
        assertThat(little.tryWrite(ByteBuffer.allocate(1))).isEqualTo(1);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    assertThat(reader.take(dataOf(much, 2), true)).isTrue();
    // Else the next input finds that there is credit to be granted, and asks for that.
    ByteBuffer sent = ByteBuffer.allocate(Driver.ROUND_BYTES + Session.LONGEST_FRAME_BYTES);
    still.session().fill(sent, Driver.ROUND_BYTES);
    byte[] small = FrameEncoder.encode(Command.PSH, little.id(), new byte[1]);
    assertThat(reader.take(ByteBuffer.wrap(small), true)).isFalse();
    assertThat(read.get()).isEqualTo(2 * FULL_BODY_BYTES);
  }

  @Test
  void whoeverWaitsForMuchIsWokenByTheSecondLookWhenNothingFollows() throws Exception {
    MuxStream stream = still.mux().open(new byte[0]);
    Background<Integer> read = readFrom(stream);
    assertThat(reader.take(dataOf(stream, 2), true)).isTrue();
    reader.look();
    assertThat(read.isDone()).isFalse();
    reader.look();
    assertThat(read.get()).isEqualTo(2 * FULL_BODY_BYTES);
  }

  @Test
  void aLookLeavesATurnAloneThatHasBegunSinceTheLastOne() throws Exception {
    MuxStream first = still.mux().open(new byte[0]);
    MuxStream second = still.mux().open(new byte[0]);
    Background<Integer> readFirst = readFrom(first);
    Background<Integer> readSecond = readFrom(second);
    reader.take(dataOf(first, 2), true);
    reader.look();
    reader.take(dataOf(first, 1), false);
    assertThat(readFirst.get()).isEqualTo(3 * FULL_BODY_BYTES);
    reader.take(dataOf(second, 2), true);
    reader.look();
    assertThat(readSecond.isDone()).isFalse();
    reader.look();
    assertThat(readSecond.get()).isEqualTo(2 * FULL_BODY_BYTES);
  }

  @Test
  void aPauseWakesThoseWhoWaitFirst() throws Exception {
    MuxStream stream = still.mux().open(new byte[0]);
    Background<Integer> read = readFrom(stream);
    reader.take(dataOf(stream, 2), true);
    reader.pause(1);
    assertThat(read.get()).isEqualTo(2 * FULL_BODY_BYTES);
  }

  @Test
  void theEndOfTheTransportWakesThoseWhoWaitForMore() throws Exception {
    MuxStream stream = still.mux().open(new byte[0]);
    Background<Integer> read = readFrom(stream);
    pieces.next.add(fullReadOf(stream));
    pieces.close();
    reader.run(null);
    assertThat(read.get()).isGreaterThan(3 * FULL_BODY_BYTES);
    reader.close();
  }

  @Test
  void aFullReadWithNothingBehindItHoldsNobodyUp() throws Exception {
    MuxStream stream = still.mux().open(new byte[0]);
    Thread thread = Thread.ofVirtual().start(() -> reader.run(null));
    for (int i = 0; i < 70; i++) {
      if (i == 65) {
        // The first is put off, then 64 are not; the watcher rests when the next one is.
        for (int looks = 0; looks < 20; looks++) {
          reader.look();
        }
      }
      Background<Integer> read = readFrom(stream);
      pieces.next.add(fullReadOf(stream));
      assertThat(read.get()).isGreaterThan(3 * FULL_BODY_BYTES);
    }
    reader.close();
    pieces.close();
    thread.join();
  }

  @Test
  void aReadThatIsNotFullWakesAtOnceWhereverItComesFrom() throws Exception {
    MuxStream stream = still.mux().open(new byte[0]);
    Background<Integer> read = readFrom(stream);
    assertThat(reader.take(dataOf(stream, 2), false)).isFalse();
    assertThat(read.get()).isEqualTo(2 * FULL_BODY_BYTES);
  }

  private static Background<Integer> readFrom(MuxStream stream) {
    return Background.start(() -> stream.read(ByteBuffer.allocate(16 * FULL_BODY_BYTES)))
        .awaitWaiting();
  }

  private static byte[] fullReadOf(MuxStream stream) {
    ByteBuffer full = ByteBuffer.allocate(TransportReader.READ_BYTES).put(dataOf(stream, 3));
    int rest = full.remaining() - WireFormat.HEADER_BYTES;
    return full.put(FrameEncoder.encode(Command.PSH, stream.id(), new byte[rest])).array();
  }

  private static ByteBuffer dataOf(MuxStream stream, int frames) {
    ByteBuffer data = ByteBuffer.allocate(frames * (FULL_BODY_BYTES + WireFormat.HEADER_BYTES));
    for (int i = 0; i < frames; i++) {
      data.put(FrameEncoder.encode(Command.PSH, stream.id(), new byte[FULL_BODY_BYTES]));
    }
    return data.flip();
  }
}
