package io.picomux.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SegmentQueueTest {
  private final SegmentQueue queue = new SegmentQueue();

  @Test
  void emptyQueueHoldsNoMemory() {
    assertThat(queue.size()).isZero();
    assertThat(queue.allocatedBytes()).isZero();
    assertThat(queue.moveTo(ByteBuffer.allocate(10), 10)).isZero();
  }

  @Test
  void oneByteTakesTheSmallestSegment() {
    append(1);
    assertThat(queue.allocatedBytes()).isEqualTo(64);
  }

  @Test
  void smallAppendsFillTheSegmentThatIsThere() {
    for (int i = 0; i < 64; i++) {
      append(1);
    }
    assertThat(queue.allocatedBytes()).isEqualTo(64);
    append(1);
    assertThat(queue.allocatedBytes()).isEqualTo(64 + 256);
  }

  @Test
  void aFullFrameTakesOneSegmentThatHoldsTwo() {
    append(8192);
    append(8192);
    assertThat(queue.allocatedBytes()).isEqualTo(16_384);
  }

  @Test
  void sourceKeepsPositionAndLimit() {
    ByteBuffer source = ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}).position(1).limit(4);
    queue.append(source, 2, 2);
    assertThat(source.position()).isEqualTo(1);
    assertThat(source.limit()).isEqualTo(4);
    ByteBuffer target = ByteBuffer.allocate(2);
    queue.moveTo(target, 2);
    assertThat(target.array()).containsExactly(3, 4);
  }

  @Test
  void drainedSegmentsAreGivenBackAtOnce() {
    append(16_384);
    append(100);
    queue.moveTo(ByteBuffer.allocate(16_384), 16_384);
    assertThat(queue.allocatedBytes()).isEqualTo(16_384);
    queue.moveTo(ByteBuffer.allocate(100), 100);
    assertThat(queue.allocatedBytes()).isZero();
  }

  @Test
  void clearDropsEverything() {
    append(100_000);
    queue.clear();
    assertThat(queue.size()).isZero();
    assertThat(queue.allocatedBytes()).isZero();
    append(3);
    assertThat(queue.size()).isEqualTo(3);
  }

  @Test
  void anyOrderOfAppendsAndMovesKeepsBytesAndOrder() {
    Random random = Seeds.random("SegmentQueueTest");
    ArrayDeque<Byte> model = new ArrayDeque<>();
    for (int step = 0; step < 20_000; step++) {
      if (random.nextInt(3) > 0) {
        byte[] bytes = new byte[sizeOf(random)];
        random.nextBytes(bytes);
        int index = random.nextInt(bytes.length + 1);
        queue.append(ByteBuffer.wrap(bytes), index, bytes.length - index);
        for (int i = index; i < bytes.length; i++) {
          model.add(bytes[i]);
        }
      } else {
        ByteBuffer target = ByteBuffer.allocate(2 * sizeOf(random));
        int most = random.nextInt(2 * target.capacity() + 1);
        int expected = Math.min(Math.min(most, model.size()), target.remaining());
        assertThat(queue.moveTo(target, most)).isEqualTo(expected);
        target.flip();
        assertThat(target.remaining()).isEqualTo(expected);
        while (target.hasRemaining()) {
          assertThat(target.get()).isEqualTo(model.remove());
        }
      }
      assertThat(queue.size()).isEqualTo(model.size());
      assertThat(queue.allocatedBytes()).isGreaterThanOrEqualTo(model.size());
      if (model.isEmpty()) {
        assertThat(queue.allocatedBytes()).isZero();
      }
      if (random.nextInt(500) == 0) {
        queue.clear();
        model.clear();
      }
    }
  }

  private static int sizeOf(Random random) {
    return random.nextInt(20) == 0 ? 1 + random.nextInt(10_000) : 1 + random.nextInt(100);
  }

  private void append(int bytes) {
    queue.append(ByteBuffer.allocate(bytes), 0, bytes);
  }
}
