package io.picomux.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class SendBufferTest {
  private final SendBuffer buffer = new SendBuffer();

  @Test
  void queuedBytesGoBeforeLentOnes() {
    buffer.append(bytes(1, 2, 3), 3);
    ByteBuffer lent = bytes(4, 5, 6);
    buffer.lend(lent);
    assertThat(move(4)).containsExactly(1, 2, 3, 4);
    assertThat(lent.position()).isEqualTo(1);
    assertThat(buffer.loanBytes()).isEqualTo(2);
    assertThat(buffer.queuedBytes()).isZero();
  }

  @Test
  void appendMovesThePositionOfTheSource() {
    ByteBuffer source = bytes(1, 2, 3);
    buffer.append(source, 2);
    assertThat(source.position()).isEqualTo(2);
    assertThat(move(2)).containsExactly(1, 2);
  }

  @Test
  void aFrameThatAsksForMoreThanThereIsMovesNothing() {
    buffer.append(bytes(1, 2), 2);
    ByteBuffer target = ByteBuffer.allocate(3);
    assertThat(buffer.moveTo(target, 3)).isFalse();
    assertThat(target.position()).isZero();
    assertThat(buffer.queuedBytes()).isEqualTo(2);
  }

  @Test
  void withdrawalKeepsWhatIsPromisedAndLeavesTheRestToItsWriter() {
    ByteBuffer lent = bytes(1, 2, 3, 4);
    buffer.lend(lent);
    buffer.withdrawLoan(3);
    assertThat(lent.position()).isEqualTo(3);
    assertThat(buffer.hasLoan()).isFalse();
    lent.put(0, (byte) 99);
    assertThat(move(3)).containsExactly(1, 2, 3);
    assertThat(buffer.moveTo(ByteBuffer.allocate(1), 1)).isFalse();
  }

  @Test
  void onlyOneBufferCanBeLent() {
    buffer.lend(bytes(1));
    assertThatThrownBy(() -> buffer.lend(bytes(2))).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void clearDropsTheQueueAndLetsTheLoanGo() {
    buffer.append(bytes(1), 1);
    ByteBuffer lent = bytes(2);
    buffer.lend(lent);
    buffer.clear();
    assertThat(buffer.queuedBytes()).isZero();
    assertThat(buffer.hasLoan()).isFalse();
    assertThat(lent.remaining()).isEqualTo(1);
  }

  private byte[] move(int length) {
    ByteBuffer target = ByteBuffer.allocate(length);
    assertThat(buffer.moveTo(target, length)).isTrue();
    return target.array();
  }

  private static ByteBuffer bytes(int... values) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length);
    for (int value : values) {
      buffer.put((byte) value);
    }
    return buffer.flip();
  }
}
