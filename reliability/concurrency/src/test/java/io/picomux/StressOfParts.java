package io.picomux;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.picomux.buffer.DirectBuffers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Small classes that the threads of a session share, on the memory of the real machine: what a
 * model checker, which knows one order for everyone, cannot see.
 */
final class StressOfParts {
  private StressOfParts() {}

  /** Two threads bring one thing each and ask for the role. What is written is plain memory. */
  @JCStressTest
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "both were written")
  @Outcome(expect = FORBIDDEN, desc = "a request is lost, or two threads have written")
  @State
  public static class RoleHandOver {
    private final WriterRole role = new WriterRole();
    private final AtomicInteger brought = new AtomicInteger();
    private int written;

    @Actor
    public void first() {
      bring();
    }

    @Actor
    public void second() {
      bring();
    }

    private void bring() {
      brought.incrementAndGet();
      if (role.takeOrLeaveNote()) {
        int n;
        do {
          role.lookAnew();
          n = brought.getAndSet(0);
          written += n;
        } while (n > 0 || !role.release());
      }
    }

    @Arbiter
    public void count(I_Result result) {
      result.r1 = written;
    }
  }

  /** One thread waits for room while another makes some. */
  @JCStressTest
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "the task has run once")
  @Outcome(expect = FORBIDDEN, desc = "the task is lost, or has run twice")
  @State
  public static class RoomInTheQueue {
    private final SendQueueGauge gauge = new SendQueueGauge(10);
    private final AtomicInteger runs = new AtomicInteger();

    public RoomInTheQueue() {
      gauge.add(10);
    }

    @Actor
    public void waits() {
      gauge.whenRoom(runs::incrementAndGet);
    }

    @Actor
    public void makesRoom() {
      gauge.add(-10);
      gauge.runWaiting();
    }

    @Arbiter
    public void count(I_Result result) {
      result.r1 = runs.get();
    }
  }

  /** Two threads want the one buffer that is kept. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "a buffer for each, one is kept")
  @Outcome(expect = FORBIDDEN, desc = "a buffer with two owners, or more kept than allowed")
  @State
  public static class StockOfBuffers {
    private final DirectBuffers buffers = new DirectBuffers(1, 1);
    private ByteBuffer first = buffers.take();
    private ByteBuffer second = first;

    public StockOfBuffers() {
      buffers.giveBack(first);
    }

    @Actor
    public void takesFirst() {
      first = buffers.take();
      buffers.giveBack(first);
      first = buffers.take();
    }

    @Actor
    public void takesSecond() {
      second = buffers.take();
    }

    @Arbiter
    @SuppressWarnings("ReferenceEquality") // whether it is the same memory is the question
    public void compare(II_Result result) {
      result.r1 = first == second ? 0 : 1;
      buffers.giveBack(first);
      buffers.giveBack(second);
      ByteBuffer kept = buffers.take();
      ByteBuffer made = buffers.take();
      result.r2 = (kept == first || kept == second) && made != first && made != second ? 1 : 0;
    }
  }

  /** An answer is told by two threads while a caller comes. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "answered once")
  @Outcome(expect = FORBIDDEN, desc = "an answer is lost or told twice")
  @State
  public static class AnswerOfAPing {
    private final PendingPings pings = new PendingPings(Runnable::run);
    private final CompletableFuture<Duration> ping = pings.add(1);
    private final AtomicInteger answers = new AtomicInteger();

    public AnswerOfAPing() {
      CompletableFuture<?> unused = ping.thenRun(answers::incrementAndGet);
    }

    @Actor
    public void noted() {
      pings.note(1, Duration.ZERO);
      pings.tell();
    }

    @Actor
    public void told() {
      pings.tell();
    }

    @Arbiter
    public void count(II_Result result) {
      result.r1 = ping.isDone() ? 1 : 0;
      result.r2 = answers.get();
    }
  }
}
