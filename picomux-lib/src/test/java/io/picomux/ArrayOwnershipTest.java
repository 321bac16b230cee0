package io.picomux;

import static io.picomux.Conditions.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An array of the caller's is touched by a call only, and exactly as far as the call says. */
@Timeout(60)
class ArrayOwnershipTest {
  private static final byte MARKER = 77;
  private static final int LARGE_BYTES = 2_000_000;

  @ParameterizedTest
  @EnumSource
  void anArrayIsNotFilledAfterAReadHasTimedOut(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      byte[] array = new byte[1000];
      far.setReadTimeout(Duration.ofMillis(20));
      assertThatThrownBy(() -> far.read(array, 0, array.length))
          .isInstanceOfSatisfying(
              SocketTimeoutException.class, e -> assertThat(e.bytesTransferred).isZero());
      Arrays.fill(array, MARKER);
      near.write(new byte[] {1, 2, 3}, 0, 3);
      byte[] next = new byte[3];
      far.setReadTimeout(Duration.ZERO);
      assertThat(far.inputStream().readNBytes(next, 0, 3)).isEqualTo(3);
      assertThat(next).containsExactly(1, 2, 3);
      assertThat(array).containsOnly(MARKER);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aReadIntoPartOfAnArrayTouchesThatPartOnly(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      byte[] array = new byte[20];
      Arrays.fill(array, MARKER);
      Background<Integer> read = Background.start(() -> far.read(array, 5, 4)).awaitWaiting();
      near.write(new byte[] {1, 2, 3, 4, 5, 6}, 0, 6);
      assertThat(read.get()).isEqualTo(4);
      assertThat(Arrays.copyOfRange(array, 5, 9)).containsExactly(1, 2, 3, 4);
      assertThat(Arrays.copyOfRange(array, 0, 5)).containsOnly(MARKER);
      assertThat(Arrays.copyOfRange(array, 9, 20)).containsOnly(MARKER);
      assertThat(far.inputStream().readNBytes(2)).containsExactly(5, 6);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWriteThatTimesOutHasSentExactlyWhatItSays(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      byte[] array = sequence(0, LARGE_BYTES);
      near.setWriteTimeout(Duration.ofMillis(50));
      int[] moved = new int[1];
      assertThatThrownBy(() -> near.write(array, 0, array.length))
          .isInstanceOfSatisfying(SocketTimeoutException.class, e -> moved[0] = e.bytesTransferred);
      Arrays.fill(array, MARKER);
      assertThat(moved[0]).isBetween(1, LARGE_BYTES - 1);
      assertThat(near.stats().bytesWritten()).isEqualTo(moved[0]);
      near.setWriteTimeout(Duration.ZERO);
      goesOn(near, far, moved[0]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWriteThatIsInterruptedHasSentExactlyWhatItSays(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      ByteBuffer source = ByteBuffer.wrap(sequence(0, LARGE_BYTES));
      Background<Integer> write = Background.start(() -> near.write(source)).awaitWaiting();
      write.interrupt();
      int[] moved = new int[1];
      assertThatThrownBy(write::get)
          .isInstanceOfSatisfying(InterruptedIOException.class, e -> moved[0] = e.bytesTransferred);
      Arrays.fill(source.array(), MARKER);
      assertThat(source.position()).isEqualTo(moved[0]);
      assertThat(moved[0]).isBetween(1, LARGE_BYTES - 1);
      goesOn(near, far, moved[0]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void interruptsWhileThePeerReadsLoseAndDoubleNothing(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      Background<byte[]> reads = Background.start(() -> far.inputStream().readAllBytes());
      int sent = 0;
      for (int round = 0; round < 60; round++) {
        int from = sent;
        byte[] array = sequence(from, 1_000_000);
        Background<Integer> write =
            Background.start(() -> {
              try {
                near.write(array, 0, array.length);
                return array.length;
              } catch (InterruptedIOException e) {
                return e.bytesTransferred;
              }
            });
        long started = near.stats().bytesWritten();
        until(() -> write.isDone() || near.stats().bytesWritten() > started);
        write.interrupt();
        sent += write.get();
        Arrays.fill(array, MARKER);
      }
      near.shutdownOutput();
      assertThat(Arrays.equals(reads.get(), sequence(0, sent))).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void interruptedReadsLoseAndDoubleNothing(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      int size = 300_000;
      Background<?> writes =
          Background.start(() -> {
            byte[] data = sequence(0, size);
            for (int i = 0; i < size; i += 100) {
              near.write(data, i, 100);
            }
            near.shutdownOutput();
            return null;
          });
      byte[] got = new byte[size];
      int[] count = new int[1];
      boolean[] end = new boolean[1];
      while (!end[0]) {
        Background<?> reads =
            Background.start(() -> {
              byte[] array = new byte[64];
              try {
                while (true) {
                  int n = far.read(array, 0, array.length);
                  if (n < 0) {
                    end[0] = true;
                    return null;
                  }
                  System.arraycopy(array, 0, got, count[0], n);
                  count[0] += n;
                }
              } catch (InterruptedIOException e) {
                assertThat(e.bytesTransferred).isZero();
                return null;
              } finally {
                Arrays.fill(array, MARKER);
              }
            });
        reads.interrupt();
        reads.get();
      }
      writes.get();
      assertThat(count[0]).isEqualTo(size);
      assertThat(Arrays.equals(got, sequence(0, size))).isTrue();
    }
  }

  /** Reads what was sent, sends more and reads it as well. */
  private static void goesOn(MuxStream near, MuxStream far, int sent) throws Exception {
    byte[] more = sequence(sent, 100_000);
    Background<byte[]> reads = Background.start(() -> far.inputStream().readAllBytes());
    near.write(more, 0, more.length);
    near.shutdownOutput();
    assertThat(Arrays.equals(reads.get(), sequence(0, sent + more.length))).isTrue();
  }

  /** Returns bytes whose value follows from their place in the stream, never the marker. */
  private static byte[] sequence(int from, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      byte value = (byte) ((from + i) * 31 + (from + i) / 251);
      bytes[i] = value == MARKER ? 0 : value;
    }
    return bytes;
  }
}
