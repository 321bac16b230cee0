package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.core.Command;
import io.picomux.core.FrameEncoder;
import io.picomux.core.MuxLimits;
import io.picomux.core.SessionEnd;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** What breaks inside a session ends the session: no call hangs, no byte is lost without a word. */
class BrokenSessionTest {
  @Test
  void aDriverThatFailsToCloseKeepsNobodyWaiting() throws Exception {
    ModelSession model =
        new ModelSession(MuxLimits.DEFAULT) {
          @Override
          public void close() {
            throw new IllegalStateException("thrown by the driver");
          }
        };
    model.session.end(SessionEnd.ABORTED, "aborted", null);
    assertThat(model.session.termination().await(0)).isTrue();
    assertThat(model.session.termination().future()).isCompleted();
  }

  /**
   * The memory that the second body would come from is gone when its turn comes: a stand-in for a
   * heap that is full.
   */
  @Test
  @EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "there is no Arena before")
  void aFinBehindBytesThatCouldNotBeStoredIsNoCleanEnd() throws Exception {
    ModelSession model = new ModelSession(MuxLimits.DEFAULT);
    model.receive(Command.SYN, 1, new byte[0]);
    model.receive(Command.SYN, 2, new byte[0]);
    MuxStream first = model.session.acceptQueue().take(0);
    MuxStream second = model.session.acceptQueue().take(0);
    AutoCloseable arena =
        (AutoCloseable) Class.forName("java.lang.foreign.Arena").getMethod("ofShared").invoke(null);
    ByteBuffer source = allocate(arena, 100);
    source.put(FrameEncoder.encode(Command.PSH, 1, new byte[] {1}));
    source.put(FrameEncoder.encode(Command.PSH, 2, new byte[] {2}));
    source.put(FrameEncoder.encode(Command.FIN, 2, new byte[0]));
    ByteBuffer read = ByteBuffer.allocate(10);
    first.onReadable(() -> {
      try {
        // What it leaves is stored only after it.
        first.tryRead(read);
        arena.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    });
    model.session.onInput(source.flip());
    assertThat(read.position()).isEqualTo(1);
    assertThatThrownBy(() -> second.tryRead(ByteBuffer.allocate(10)))
        .isInstanceOfSatisfying(
            SessionException.class,
            e -> assertThat(e.reason()).isEqualTo(SessionEnd.INTERNAL_ERROR));
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
