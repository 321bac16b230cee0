package io.picomux.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiveBufferTest {
  private final ReceiveBuffer buffer = new ReceiveBuffer();

  @Test
  void takingHalfOfTheBytesFreesHalfOfTheFrames() {
    frame(100);
    frame(100);
    frame(100);
    frame(100);
    read(200);
    assertThat(buffer.takeConsumedFrames()).isEqualTo(2);
    read(200);
    assertThat(buffer.takeConsumedFrames()).isEqualTo(2);
    assertThat(buffer.takeConsumedFrames()).isZero();
  }

  @Test
  void fractionsOfFramesAreRoundedDownUntilAllIsTaken() {
    frame(10);
    frame(10);
    read(19);
    assertThat(buffer.takeConsumedFrames()).isEqualTo(1);
    read(1);
    assertThat(buffer.takeConsumedFrames()).isEqualTo(1);
  }

  @Test
  void emptyFramesAreFreedWithTheBytesAroundThem() {
    frame(0);
    assertThat(buffer.takeConsumedFrames()).isEqualTo(1);
    frame(10);
    frame(0);
    assertThat(buffer.takeConsumedFrames()).isZero();
    read(10);
    assertThat(buffer.takeConsumedFrames()).isEqualTo(2);
  }

  @Test
  void bytesGoIntoALentBufferFirst() {
    ByteBuffer lent = ByteBuffer.allocate(10).position(2).limit(6);
    buffer.lend(lent);
    assertThat(buffer.isLoanEmpty()).isTrue();
    frame(10);
    assertThat(buffer.isLoanEmpty()).isFalse();
    assertThat(lent.position()).isEqualTo(6);
    assertThat(buffer.size()).isEqualTo(6);
    assertThat(buffer.withdrawLoan()).isEqualTo(4);
    assertThat(buffer.takeReadBytes()).isEqualTo(4);
  }

  @Test
  void aWithdrawnBufferIsNotTouched() {
    ByteBuffer lent = ByteBuffer.allocate(10);
    buffer.lend(lent);
    assertThat(buffer.withdrawLoan()).isZero();
    frame(10);
    assertThat(lent.position()).isZero();
    assertThat(lent.array()).containsOnly(0);
    assertThat(buffer.size()).isEqualTo(10);
  }

  @Test
  void onlyOneBufferCanBeLent() {
    buffer.lend(ByteBuffer.allocate(1));
    assertThatThrownBy(() -> buffer.lend(ByteBuffer.allocate(1)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatIsOfferedIsReadWhereItIsAndTheRestIsKept() {
    ByteBuffer input = ByteBuffer.wrap(new byte[] {0, 1, 2, 3, 0, 4, 5, 6, 7});
    InputPieces pieces = offer(input, 1, 3, 5, 4);
    assertThat(buffer.size()).isEqualTo(7);
    assertThat(buffer.allocationChange()).isZero();
    ByteBuffer target = ByteBuffer.allocate(5);
    assertThat(buffer.read(target)).isEqualTo(5);
    assertThat(target.array()).containsExactly(1, 2, 3, 4, 5);
    buffer.keepOffer();
    assertThat(buffer.takeAllocationChange()).isPositive();
    input.put(0, new byte[9]);
    pieces.clear();
    target.clear();
    assertThat(buffer.read(target)).isEqualTo(2);
    assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {6, 7}));
    assertThat(buffer.takeReadBytes()).isEqualTo(7);
    assertThat(buffer.takeConsumedFrames()).isEqualTo(1);
  }

  @Test
  void whatIsOfferedAndReadLeavesNothing() {
    offer(ByteBuffer.allocate(10), 0, 10);
    read(10);
    buffer.keepOffer();
    assertThat(buffer.size()).isZero();
    assertThat(buffer.allocationChange()).isZero();
    assertThat(buffer.takeConsumedFrames()).isEqualTo(1);
  }

  @Test
  void whatIsOfferedIsDiscardedLikeWhatIsStored() {
    offer(ByteBuffer.allocate(10), 0, 10);
    read(1);
    buffer.discard();
    buffer.keepOffer();
    assertThat(buffer.size()).isZero();
    assertThat(buffer.takeConsumedFrames()).isEqualTo(1);
  }

  @Test
  void nothingIsOfferedBesideWhatIsUnread() {
    frame(1);
    assertThatThrownBy(() -> offer(ByteBuffer.allocate(1), 0, 1))
        .isInstanceOf(IllegalStateException.class);
    read(1);
    buffer.lend(ByteBuffer.allocate(1));
    assertThatThrownBy(() -> offer(ByteBuffer.allocate(1), 0, 1))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void discardFreesAllFramesAndAllMemory() {
    frame(1000);
    frame(1000);
    read(1);
    assertThat(buffer.takeAllocationChange()).isPositive();
    buffer.discard();
    assertThat(buffer.takeConsumedFrames()).isEqualTo(2);
    assertThat(buffer.size()).isZero();
    assertThat(buffer.takeReadBytes()).isEqualTo(1);
  }

  @Test
  void allocationChangesAddUpToZero() {
    frame(5000);
    long stored = buffer.takeAllocationChange();
    assertThat(stored).isGreaterThanOrEqualTo(5000);
    read(5000);
    assertThat(buffer.allocationChange()).isEqualTo(-stored);
    assertThat(buffer.takeAllocationChange()).isEqualTo(-stored);
    assertThat(buffer.takeAllocationChange()).isZero();
  }

  /**
   * Against a model that knows every frame: never more frames are freed than were begun, each once,
   * all of them when nothing is unread, and never later than the model would by more than what is
   * unread.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 100, 8192, 65_535})
  void anyOrderOfReadsFreesEachFrameOnce(int maxFrameBytes) {
    Random random = Seeds.random("ReceiveBufferTest " + maxFrameBytes);
    long begun = 0;
    long freed = 0;
    long delivered = 0;
    long taken = 0;
    long readBytes = 0;
    for (int step = 0; step < 5_000; step++) {
      switch (random.nextInt(7)) {
        case 0, 1 -> {
          int bytes = random.nextInt(maxFrameBytes + 1);
          buffer.startFrame();
          begun++;
          int split = random.nextInt(bytes + 1);
          ByteBuffer source = ByteBuffer.allocate(bytes);
          buffer.deliver(source, 0, split);
          buffer.deliver(source, split, bytes - split);
          delivered += bytes;
        }
        case 2, 3 -> {
          int n = buffer.read(ByteBuffer.allocate(random.nextInt(2 * maxFrameBytes) + 1));
          taken += n;
          readBytes += n;
        }
        case 5 -> {
          if (buffer.size() == 0) {
            int bytes = random.nextInt(maxFrameBytes) + 1;
            int wanted = random.nextInt(2 * maxFrameBytes) + 1;
            int split = random.nextInt(bytes);
            offer(ByteBuffer.allocate(bytes), 0, split, split, bytes - split);
            begun++;
            delivered += bytes;
            int n = buffer.read(ByteBuffer.allocate(wanted));
            assertThat(n).isEqualTo(Math.min(wanted, bytes));
            taken += n;
            readBytes += n;
            buffer.keepOffer();
          }
        }
        case 4 -> {
          if (buffer.size() == 0) {
            int wanted = random.nextInt(maxFrameBytes) + 1;
            int bytes = random.nextInt(maxFrameBytes) + 1;
            buffer.lend(ByteBuffer.allocate(wanted));
            buffer.startFrame();
            begun++;
            buffer.deliver(ByteBuffer.allocate(bytes), 0, bytes);
            delivered += bytes;
            int filled = buffer.withdrawLoan();
            assertThat(filled).isEqualTo(Math.min(wanted, bytes));
            taken += filled;
            readBytes += filled;
          }
        }
        default -> {
          if (random.nextInt(50) == 0) {
            taken += buffer.size();
            buffer.discard();
          }
          int expected = buffer.consumedFrames();
          assertThat(buffer.takeConsumedFrames()).isEqualTo(expected);
          freed += expected;
          assertThat(freed).isLessThanOrEqualTo(begun);
          if (buffer.size() == 0) {
            assertThat(freed).isEqualTo(begun);
          } else {
            assertThat(freed).isLessThan(begun);
          }
          assertThat(buffer.takeReadBytes()).isEqualTo(readBytes);
          readBytes = 0;
        }
      }
      assertThat(buffer.size()).isEqualTo(delivered - taken);
    }
  }

  /** Offers one frame, in pieces that begin and are as long as said. */
  private InputPieces offer(ByteBuffer input, int... indexesAndLengths) {
    InputPieces pieces = new InputPieces();
    pieces.begin(input);
    for (int i = 0; i < indexesAndLengths.length; i += 2) {
      if (indexesAndLengths[i + 1] > 0) {
        pieces.add(indexesAndLengths[i], indexesAndLengths[i + 1]);
      }
    }
    buffer.offer(pieces);
    buffer.startFrame();
    return pieces;
  }

  private void frame(int bytes) {
    buffer.startFrame();
    buffer.deliver(ByteBuffer.allocate(bytes), 0, bytes);
  }

  private void read(int bytes) {
    assertThat(buffer.read(ByteBuffer.allocate(bytes))).isEqualTo(bytes);
  }
}
