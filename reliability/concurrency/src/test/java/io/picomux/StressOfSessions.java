package io.picomux;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.picomux.core.Command;
import io.picomux.core.MuxLimits;
import io.picomux.core.SessionEnd;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Whole sessions on the memory of the real machine, see {@link StressOfParts}. */
final class StressOfSessions {
  private static final int ID = 7;
  private static final byte[] NOTHING = {};

  /** The credit that a stream begins with, in frames. */
  private static final int FIRST_CREDIT_FRAMES = 10;

  private StressOfSessions() {}

  private static MuxStream accepted(ModelSession model) {
    try {
      model.receive(Command.SYN, ID, NOTHING);
      return model.session.acceptQueue().take(0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int tryRead(MuxStream stream, int bytes) {
    try {
      return stream.tryRead(ByteBuffer.allocate(bytes));
    } catch (IOException e) {
      return -2;
    }
  }

  /**
   * Two threads write to one stream: the mark of a stream with new data, which the writer clears
   * before it looks, the number of accepted bytes, and the hand-over of the role.
   */
  @JCStressTest
  @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "both bytes are out")
  @Outcome(expect = FORBIDDEN, desc = "a byte stays behind although nothing holds it up")
  @State
  public static class WritesOfTwoThreads {
    private final ModelSession model = new ModelSession(MuxLimits.DEFAULT);
    private final MuxStream stream = accepted(model);

    @Actor
    public void first() {
      write();
    }

    @Actor
    public void second() {
      write();
    }

    private void write() {
      try {
        stream.write(ByteBuffer.allocate(1));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    @Arbiter
    public void count(II_Result result) {
      result.r1 = model.dataWritten().length;
      result.r2 = stream.stats().queuedBytes();
    }
  }

  /**
   * The last frame of the peer's credit comes while the application reads the others: credit must
   * not stay in our hands while the peer has none.
   */
  @JCStressTest
  @Outcome(id = "10, 0, 1", expect = ACCEPTABLE, desc = "all is read, and the peer has credit")
  @Outcome(expect = FORBIDDEN, desc = "bytes are lost, or the peer has no credit")
  @State
  public static class CreditOfReadFrames {
    private final ModelSession model = new ModelSession(MuxLimits.DEFAULT);
    private final MuxStream stream = accepted(model);
    private int read;

    public CreditOfReadFrames() {
      for (int i = 1; i < FIRST_CREDIT_FRAMES; i++) {
        model.receive(Command.PSH, ID, new byte[1]);
      }
    }

    @Actor
    public void comes() {
      model.receive(Command.PSH, ID, new byte[1]);
    }

    @Actor
    public void isRead() {
      read = tryRead(stream, FIRST_CREDIT_FRAMES);
    }

    @Arbiter
    public void count(III_Result result) {
      result.r1 = read + (read < FIRST_CREDIT_FRAMES ? tryRead(stream, FIRST_CREDIT_FRAMES) : 0);
      result.r2 = stream.stats().unreadBytes();
      result.r3 = stream.stats().receiveCreditFrames() > 0 ? 1 : 0;
    }
  }

  /** The application closes a stream while the last bytes and the FIN of the peer come. */
  @JCStressTest
  @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "nothing is left of the stream")
  @Outcome(expect = FORBIDDEN, desc = "something is left of the stream")
  @State
  public static class CloseWhileTheEndComes {
    private final ModelSession model = new ModelSession(MuxLimits.DEFAULT);
    private final MuxStream stream = accepted(model);

    @Actor
    public void closes() {
      stream.close();
    }

    @Actor
    public void theEndComes() {
      model.receive(Command.PSH, ID, new byte[100]);
      model.receive(Command.FIN, ID, NOTHING);
    }

    @Arbiter
    public void count(III_Result result) {
      SessionStats stats = model.session.stats();
      result.r1 = stats.core().liveStreams() + stats.streams().size();
      result.r2 = (int) stats.core().unreadBytes();
      result.r3 = (int) stats.queuedBytes();
    }
  }

  /** A stream is opened, and written to, while the session ends. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "a stream that fails, or none; nothing queued")
  @Outcome(
      expect = FORBIDDEN,
      desc = "a stream that never hears of the end, or a queue that is left")
  @State
  public static class OpenWhileTheSessionEnds {
    private final ModelSession model = new ModelSession(MuxLimits.DEFAULT);
    private @Nullable MuxStream opened;

    @Actor
    public void opens() {
      try {
        opened = model.open(NOTHING);
        opened.write(ByteBuffer.allocate(1));
      } catch (IOException e) {
        // The session was over.
      }
    }

    @Actor
    public void ends() {
      model.session.end(SessionEnd.ABORTED, "aborted by the test", null);
    }

    @Arbiter
    public void look(II_Result result) {
      MuxStream stream = opened;
      result.r1 = stream == null || tryRead(stream, 1) == -2 ? 1 : 0;
      result.r2 = (int) model.session.stats().queuedBytes();
    }
  }
}
