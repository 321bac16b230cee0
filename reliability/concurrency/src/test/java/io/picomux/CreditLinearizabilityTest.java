package io.picomux;

import static io.picomux.Linearizability.mustBeRefused;
import static io.picomux.Linearizability.sessionAgainst;

import io.picomux.core.Command;
import io.picomux.core.MuxLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/**
 * The credit of a stream on a whole session, against a sequential specification: what the peer
 * grants is there for the next frame, a frame takes one of it and all bytes that wait, and without
 * credit nothing leaves.
 */
class CreditLinearizabilityTest {
  private static final int ID = 7;

  /** The credit that a stream begins with. */
  private static final int FIRST_CREDIT_FRAMES = 10;

  /** A session whose frames are asked for one at a time; it writes by itself until then. */
  private static final class FrameByFrame extends ModelSession {
    private final ByteBuffer frame =
        ByteBuffer.allocate(Session.LONGEST_FRAME_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private volatile boolean byHand;

    FrameByFrame() {
      super(MuxLimits.DEFAULT);
    }

    void writeByHand() {
      byHand = true;
    }

    @Override
    public void requestWrite(int callerBytes) {
      if (!byHand) {
        super.requestWrite(callerBytes);
      }
    }

    /** Returns how many bytes of streams the next frame with any takes along, 0 without one. */
    int writeDataFrame() {
      while (true) {
        session.fill(frame.clear(), 1);
        if (!frame.flip().hasRemaining()) {
          return 0;
        }
        long header = frame.getLong(0);
        if ((int) (header >>> 8 & 0xFF) == Command.PSH.code()) {
          return (int) (header >>> 16) & 0xFFFF;
        }
      }
    }
  }

  /** A stream whose first credit is used up, as its three threads see it. */
  public static final class SessionCalls {
    private final FrameByFrame model = new FrameByFrame();
    private final MuxStream stream;

    public SessionCalls() throws IOException {
      model.receive(Command.SYN, ID, new byte[0]);
      stream = model.session.acceptQueue().take(0);
      for (int i = 0; i < FIRST_CREDIT_FRAMES; i++) {
        stream.write(new byte[1], 0, 1);
      }
      model.writeByHand();
    }

    /** One thread reads what the peer sends. */
    @Operation(nonParallelGroup = "reader")
    public void grant(@Param(gen = IntGen.class, conf = "1:2") int frames) {
      model.grant(ID, frames);
    }

    @Operation(nonParallelGroup = "application")
    public void write(@Param(gen = IntGen.class, conf = "1:3") int bytes) throws IOException {
      stream.write(new byte[bytes], 0, bytes);
    }

    @Operation(nonParallelGroup = "writer")
    public int frame() {
      return model.writeDataFrame();
    }

    @Operation
    public int credit() {
      return stream.stats().sendCreditFrames();
    }
  }

  /** Looks for credit and takes it in two steps: what is granted meanwhile is lost. */
  public static final class TwoStepCalls {
    private final AtomicInteger credit = new AtomicInteger();
    private final AtomicInteger waitingBytes = new AtomicInteger();

    @Operation(nonParallelGroup = "reader")
    public void grant(@Param(gen = IntGen.class, conf = "1:2") int frames) {
      credit.addAndGet(frames);
    }

    @Operation(nonParallelGroup = "application")
    public void write(@Param(gen = IntGen.class, conf = "1:3") int bytes) {
      waitingBytes.addAndGet(bytes);
    }

    @Operation(nonParallelGroup = "writer")
    public int frame() {
      int found = credit.get();
      if (found == 0 || waitingBytes.get() == 0) {
        return 0;
      }
      int bytes = waitingBytes.getAndSet(0);
      credit.set(found - 1);
      return bytes;
    }

    @Operation
    public int credit() {
      return credit.get();
    }
  }

  /** Two numbers. */
  public static final class Specification {
    private int credit;
    private int waitingBytes;

    public void grant(int frames) {
      credit += frames;
    }

    public void write(int bytes) {
      waitingBytes += bytes;
    }

    public int frame() {
      if (credit == 0 || waitingBytes == 0) {
        return 0;
      }
      int bytes = waitingBytes;
      credit--;
      waitingBytes = 0;
      return bytes;
    }

    public int credit() {
      return credit;
    }
  }

  @Test
  void everyFrameTakesOneOfWhatWasGranted() {
    sessionAgainst(Specification.class).check(SessionCalls.class);
  }

  @Test
  void creditThatIsTakenInTwoStepsIsRefused() {
    mustBeRefused(TwoStepCalls.class, Specification.class);
  }
}
