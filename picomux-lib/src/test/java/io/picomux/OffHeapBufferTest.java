package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InterruptedIOException;
import java.lang.reflect.Method;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Buffers outside the heap, and buffers that their owner changes during a call: only the calling
 * thread touches them, so that what goes wrong with them hurts nobody else.
 */
@Timeout(60)
class OffHeapBufferTest {
  private static final int LARGE_BYTES = 1_000_000;

  @ParameterizedTest
  @EnumSource
  @EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "there is no Arena before")
  void memoryOfOneThreadIsWrittenAndReadByThatThread(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      Background<byte[]> reads =
          Background.start(
                  () -> {
                    try (AutoCloseable arena = confinedArena()) {
                      ByteBuffer target = allocate(arena, LARGE_BYTES);
                      while (target.hasRemaining()) {
                        assertThat(far.read(target)).isPositive();
                      }
                      byte[] got = new byte[LARGE_BYTES];
                      target.flip().get(got);
                      return got;
                    }
                  })
              .awaitWaiting();
      Background<Integer> write =
          Background.start(() -> {
            try (AutoCloseable arena = confinedArena()) {
              ByteBuffer source = allocate(arena, LARGE_BYTES).put(sequence()).flip();
              int n = near.write(source);
              assertThat(source.hasRemaining()).isFalse();
              return n;
            }
          });
      assertThat(write.get()).isEqualTo(LARGE_BYTES);
      assertThat(Arrays.equals(reads.get(), sequence())).isTrue();
      assertThat(pair.client().isAlive()).isTrue();
      assertThat(pair.server().isAlive()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWriteOfADirectBufferThatEndsEarlyTellsHowFarItCame(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      ByteBuffer source = ByteBuffer.allocateDirect(LARGE_BYTES).put(sequence()).flip();
      near.setWriteTimeout(Duration.ofMillis(50));
      int[] moved = new int[1];
      assertThatThrownBy(() -> near.write(source))
          .isInstanceOfSatisfying(SocketTimeoutException.class, e -> moved[0] = e.bytesTransferred);
      assertThat(source.position()).isEqualTo(moved[0]).isBetween(1, LARGE_BYTES - 1);
      assertThat(near.stats().bytesWritten()).isEqualTo(moved[0]);
      near.setWriteTimeout(Duration.ZERO);
      Background<byte[]> reads = Background.start(() -> far.inputStream().readAllBytes());
      near.write(source);
      near.shutdownOutput();
      assertThat(Arrays.equals(reads.get(), sequence())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptedReadIntoADirectBufferLosesNothing(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      ByteBuffer target = ByteBuffer.allocateDirect(3);
      Background<Integer> read = Background.start(() -> far.read(target)).awaitWaiting();
      read.interrupt();
      assertThatThrownBy(read::get).isExactlyInstanceOf(InterruptedIOException.class);
      near.write(new byte[] {1, 2, 3}, 0, 3);
      while (target.hasRemaining()) {
        assertThat(far.read(target)).isPositive();
      }
      assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBufferThatItsOwnerChangesDuringACallHurtsNobodyElse(SessionPair.Kind kind)
      throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      ByteBuffer target = ByteBuffer.allocate(100);
      Background<Integer> read = Background.start(() -> far.read(target)).awaitWaiting();
      ByteBuffer source = ByteBuffer.allocate(LARGE_BYTES);
      Background<Integer> write = Background.start(() -> near.write(source));
      target.limit(3);
      source.limit(7);
      Throwable readFailure = catchFrom(read);
      near.close();
      Throwable writeFailure = catchFrom(write);
      assertThat(readFailure).isNotInstanceOf(MuxException.class);
      assertThat(writeFailure).isNotInstanceOf(SessionException.class);
      pair.client().open(new byte[] {9}).close();
      assertThat(pair.server().accept().metadata()).containsExactly(9);
    }
  }

  /** Returns what the call has thrown, or an exception of its own when it has not. */
  private static Throwable catchFrom(Background<?> call) {
    try {
      return new AssertionError("returned " + call.get());
    } catch (Exception e) {
      return e;
    }
  }

  private static byte[] sequence() {
    byte[] bytes = new byte[LARGE_BYTES];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31 + i / 251);
    }
    return bytes;
  }

  /** Returns an arena whose memory only the calling thread may touch. */
  private static AutoCloseable confinedArena() throws ReflectiveOperationException {
    Object arena = Class.forName("java.lang.foreign.Arena").getMethod("ofConfined").invoke(null);
    return (AutoCloseable) arena;
  }

  private static ByteBuffer allocate(AutoCloseable arena, long bytes)
      throws ReflectiveOperationException {
    Method allocate =
        Class.forName("java.lang.foreign.SegmentAllocator").getMethod("allocate", long.class);
    Object segment = allocate.invoke(arena, bytes);
    Class<?> type = Class.forName("java.lang.foreign.MemorySegment");
    return (ByteBuffer) type.getMethod("asByteBuffer").invoke(segment);
  }
}
