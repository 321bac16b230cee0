package io.picomux;

import static io.picomux.Linearizability.against;
import static io.picomux.Linearizability.mustBeRefused;

import io.picomux.buffer.DirectBuffers;
import io.picomux.core.SessionEnd;
import io.picomux.engine.SharedMemory;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Test;

/**
 * Small classes that the threads of a session share, against sequential specifications. Each check
 * has a copy with a defect that it must refuse.
 */
class LinearizabilityTest {
  // ---- the role of the writer: asked for by anyone, handed back by the one who holds it

  /** The role as its holder and the others see it. */
  public static final class RoleCalls {
    private final WriterRole role = new WriterRole();

    @Operation
    public boolean ask() {
      return role.takeOrLeaveNote();
    }

    @Operation(nonParallelGroup = "holder")
    public void lookAnew() {
      role.lookAnew();
    }

    @Operation(nonParallelGroup = "holder")
    public boolean release() {
      return role.release();
    }
  }

  /** Looks and takes in two steps. */
  public static final class TwoStepRoleCalls {
    private volatile int state;

    @Operation
    public boolean ask() {
      if (state == 0) {
        state = 1;
        return true;
      }
      state = 2;
      return false;
    }

    @Operation(nonParallelGroup = "holder")
    public void lookAnew() {
      state = 1;
    }

    @Operation(nonParallelGroup = "holder")
    public boolean release() {
      boolean unwanted = state == 1;
      state = unwanted ? 0 : state;
      return unwanted;
    }
  }

  /** A role and a note on it. */
  public static final class RoleSpecification {
    private boolean taken;
    private boolean note;

    public boolean ask() {
      boolean got = !taken;
      note = taken;
      taken = true;
      return got;
    }

    public void lookAnew() {
      taken = true;
      note = false;
    }

    public boolean release() {
      if (!taken || note) {
        return false;
      }
      taken = false;
      return true;
    }
  }

  @Test
  void theRoleIsTakenByOneAndReleasedOnlyWithoutANote() {
    against(RoleSpecification.class).check(RoleCalls.class);
  }

  @Test
  void aRoleThatIsTakenInTwoStepsIsRefused() {
    mustBeRefused(TwoStepRoleCalls.class, RoleSpecification.class);
  }

  // ---- the queue of a session: what is queued, and the room that is left

  private static final long LIMIT_BYTES = 10;

  /** The gauge, with a memory of its own. */
  public static final class QueueCalls {
    private final SendQueueGauge gauge =
        new SendQueueGauge(LIMIT_BYTES, new SharedMemory(1 << 20, 1 << 20, Runnable::run));

    @Operation
    public void add(@Param(gen = IntGen.class, conf = "-4:6") int bytes) {
      gauge.add(bytes);
    }

    @Operation
    public long bytes() {
      return gauge.bytes();
    }

    @Operation
    public long room() {
      return gauge.roomBytes();
    }

    @Operation
    public boolean isFull() {
      return gauge.isFull();
    }
  }

  /** Reads, adds and writes back: what another thread adds meanwhile is lost. */
  public static final class LossyQueueCalls {
    private volatile long bytes;

    @Operation
    public void add(@Param(gen = IntGen.class, conf = "-4:6") int change) {
      long before = bytes;
      bytes = before + change;
    }

    @Operation
    public long bytes() {
      return bytes;
    }

    @Operation
    public long room() {
      return Math.max(0, LIMIT_BYTES - bytes);
    }

    @Operation
    public boolean isFull() {
      return room() == 0;
    }
  }

  /** A number. */
  public static final class QueueSpecification {
    private long bytes;

    public void add(int change) {
      bytes += change;
    }

    public long bytes() {
      return bytes;
    }

    public long room() {
      return Math.max(0, LIMIT_BYTES - bytes);
    }

    public boolean isFull() {
      return bytes >= LIMIT_BYTES;
    }
  }

  @Test
  void noByteOfTheQueueIsLost() {
    against(QueueSpecification.class).check(QueueCalls.class);
  }

  @Test
  void aQueueThatLosesAnAdditionIsRefused() {
    mustBeRefused(LossyQueueCalls.class, QueueSpecification.class);
  }

  // ---- the stock of buffers: with room for all, so that who comes too late is no matter of luck

  private static final int BUFFERS = 3;

  /** A stock with a few buffers that have numbers; new ones are 0. */
  public abstract static class StockCalls {
    private final Map<Integer, ArrayDeque<ByteBuffer>> held = new HashMap<>();

    StockCalls() {
      for (int thread = 0; thread < 8; thread++) {
        held.put(thread, new ArrayDeque<>());
      }
    }

    abstract ByteBuffer takeOne();

    abstract void giveBackOne(ByteBuffer buffer);

    @Operation
    public int take(@Param(gen = ThreadIdGen.class) int thread) {
      ByteBuffer buffer = takeOne();
      mine(thread).push(buffer);
      return buffer.get(0);
    }

    @Operation
    public int giveBack(@Param(gen = ThreadIdGen.class) int thread) {
      ArrayDeque<ByteBuffer> mine = mine(thread);
      if (mine.isEmpty()) {
        return -1;
      }
      ByteBuffer buffer = mine.pop();
      int number = buffer.get(0);
      giveBackOne(buffer);
      return number;
    }

    private ArrayDeque<ByteBuffer> mine(int thread) {
      ArrayDeque<ByteBuffer> mine = held.get(thread);
      if (mine == null) {
        throw new IllegalStateException("no thread " + thread);
      }
      return mine;
    }

    static ByteBuffer numbered(int number) {
      return ByteBuffer.allocate(1).put(0, (byte) number);
    }
  }

  /** The stock of the library. */
  public static final class DirectBuffersCalls extends StockCalls {
    private final DirectBuffers buffers = new DirectBuffers(1, 100);

    /** Fills the stock. */
    public DirectBuffersCalls() {
      for (int i = 1; i <= BUFFERS; i++) {
        buffers.giveBack(numbered(i));
      }
    }

    @Override
    ByteBuffer takeOne() {
      return buffers.take();
    }

    @Override
    void giveBackOne(ByteBuffer buffer) {
      buffers.giveBack(buffer);
    }
  }

  /** Looks at the first buffer and takes it in two steps. */
  public static final class TwoStepStockCalls extends StockCalls {
    private final ConcurrentLinkedQueue<ByteBuffer> stock = new ConcurrentLinkedQueue<>();

    /** Fills the stock. */
    public TwoStepStockCalls() {
      for (int i = 1; i <= BUFFERS; i++) {
        stock.add(numbered(i));
      }
    }

    @Override
    ByteBuffer takeOne() {
      ByteBuffer first = stock.peek();
      stock.poll();
      return first == null ? numbered(0) : first;
    }

    @Override
    void giveBackOne(ByteBuffer buffer) {
      stock.add(buffer);
    }
  }

  /** A queue of numbers, and what each thread holds. */
  public static final class StockSpecification {
    private final ArrayDeque<Integer> stock = new ArrayDeque<>();
    private final Map<Integer, ArrayDeque<Integer>> held = new HashMap<>();

    /** Fills the stock. */
    public StockSpecification() {
      for (int i = 1; i <= BUFFERS; i++) {
        stock.add(i);
      }
    }

    public int take(int thread) {
      Integer first = stock.poll();
      int number = first == null ? 0 : first;
      held.computeIfAbsent(thread, each -> new ArrayDeque<>()).push(number);
      return number;
    }

    public int giveBack(int thread) {
      Integer number = held.computeIfAbsent(thread, each -> new ArrayDeque<>()).poll();
      if (number == null) {
        return -1;
      }
      stock.add(number);
      return number;
    }
  }

  @Test
  void aStockGivesEveryBufferToOne() {
    against(StockSpecification.class).check(DirectBuffersCalls.class);
  }

  @Test
  void aStockThatGivesABufferToTwoIsRefused() {
    mustBeRefused(TwoStepStockCalls.class, StockSpecification.class);
  }

  // ---- the end of a session: one cause, for everyone

  /** The end of a session by one of its causes. */
  public static final class EndCalls {
    private static final List<SessionEnd> ENDS = List.of(SessionEnd.values());

    private final Termination termination = new Termination(Runnable::run);

    @Operation
    public boolean begin(@Param(gen = ThreadIdGen.class) int thread) {
      return termination.begin(new SessionException(ENDS.get(thread), "ended by the test", null));
    }

    @Operation
    public int cause() {
      SessionException cause = termination.cause();
      return cause == null ? -1 : ENDS.indexOf(cause.reason());
    }
  }

  /** Looks whether there is a cause, then sets one. */
  public static final class TwoStepEndCalls {
    private volatile int cause = -1;

    @Operation
    public boolean begin(@Param(gen = ThreadIdGen.class) int thread) {
      boolean first = cause < 0;
      cause = first ? thread : cause;
      return first;
    }

    @Operation
    public int cause() {
      return cause;
    }
  }

  /** A number that is set once. */
  public static final class EndSpecification {
    private int cause = -1;

    public boolean begin(int thread) {
      boolean first = cause < 0;
      cause = first ? thread : cause;
      return first;
    }

    public int cause() {
      return cause;
    }
  }

  @Test
  void theFirstCauseOfAnEndStays() {
    against(EndSpecification.class).check(EndCalls.class);
  }

  @Test
  void anEndWithTwoCausesIsRefused() {
    mustBeRefused(TwoStepEndCalls.class, EndSpecification.class);
  }
}
