package io.picomux;

import static io.picomux.Interleavings.check;
import static io.picomux.Interleavings.explore;
import static io.picomux.Interleavings.together;

import io.picomux.core.Command;
import io.picomux.core.MuxLimits;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** The two directions of a stream under a model checker. */
class StreamModelTest {
  private static final int ID = 7;

  @Test
  void aReaderIsWokenByData() {
    explore(() -> {
      ModelSession model = new ModelSession(MuxLimits.DEFAULT);
      model.receive(Command.SYN, ID, new byte[0]);
      MuxStream stream = model.session.acceptQueue().take(0);
      byte[] got = new byte[2];
      together(
          () -> check(stream.read(got, 0, 1) == 1, "one byte"),
          () -> model.receive(Command.PSH, ID, new byte[] {1}));
      check(got[0] == 1 && got[1] == 0, "the byte");
    });
  }

  @Test
  void aListenerHearsOfWhatABlockedReaderLeaves() {
    explore(() -> {
      ModelSession model = new ModelSession(MuxLimits.DEFAULT);
      model.receive(Command.SYN, ID, new byte[0]);
      MuxStream stream = model.session.acceptQueue().take(0);
      Semaphore readable = new Semaphore(0);
      stream.onReadable(readable::release);
      together(
          () -> check(stream.read(ByteBuffer.allocate(1)) == 1, "one byte"),
          () -> {
            ByteBuffer target = ByteBuffer.allocate(1);
            while (stream.tryRead(target) == 0) {
              readable.acquire();
            }
          },
          () -> model.receive(Command.PSH, ID, new byte[] {1, 2}));
    });
  }
}
