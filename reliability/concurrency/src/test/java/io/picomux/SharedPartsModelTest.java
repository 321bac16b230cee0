package io.picomux;

import static io.picomux.Interleavings.check;
import static io.picomux.Interleavings.explore;
import static io.picomux.Interleavings.isCaught;
import static io.picomux.Interleavings.together;
import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.buffer.DirectBuffers;
import io.picomux.core.SessionEnd;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Small classes that the threads of a session share, each alone under a model checker. */
@SuppressWarnings("ReferenceEquality") // whether two buffers are the same memory is a question here
class SharedPartsModelTest {
  private static final long LIMIT_BYTES = 10;

  // ---- the queue of a session

  @Test
  void aTaskThatWaitsForRoomRunsOnce() {
    explore(() -> {
      SendQueueGauge gauge = new SendQueueGauge(LIMIT_BYTES);
      gauge.add(LIMIT_BYTES);
      AtomicInteger runs = new AtomicInteger();
      together(
          () -> gauge.whenRoom(runs::incrementAndGet),
          () -> {
            gauge.add(-8);
            gauge.runWaiting();
          },
          gauge::end);
      check(runs.get() == 1, "runs of the task: " + runs);
    });
  }

  @Test
  void tasksThatFillTheQueueAgainWaitAndRunWhenThereIsRoom() {
    explore(() -> {
      SendQueueGauge gauge = new SendQueueGauge(LIMIT_BYTES);
      gauge.add(LIMIT_BYTES);
      AtomicInteger runs = new AtomicInteger();
      Runnable filling =
          () -> {
            runs.incrementAndGet();
            gauge.add(LIMIT_BYTES);
          };
      Interleavings.Step taking =
          () -> {
            gauge.add(-LIMIT_BYTES);
            gauge.runWaiting();
          };
      together(
          () -> {
            gauge.whenRoom(filling);
            gauge.whenRoom(filling);
          },
          taking,
          taking);
      // Each task needs an empty queue and fills it; both found theirs, or the last waits for one.
      check(runs.get() == 2 || gauge.bytes() > LIMIT_BYTES / 2, "a task waits beside room");
    });
  }

  /** Looks for room before it waits: what happens in between is lost. */
  private static final class LooksTooEarly {
    private final AtomicLong bytes = new AtomicLong(LIMIT_BYTES);
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    void whenRoom(Runnable task) {
      if (bytes.get() <= LIMIT_BYTES / 2) {
        task.run();
      } else {
        waiting.add(task);
      }
    }

    void take(long taken) {
      bytes.addAndGet(-taken);
      Runnable task;
      while ((task = waiting.poll()) != null) {
        task.run();
      }
    }
  }

  @Test
  void aQueueThatLosesATaskIsCaught() {
    assertThat(
            isCaught(() -> {
              LooksTooEarly queue = new LooksTooEarly();
              AtomicInteger runs = new AtomicInteger();
              together(() -> queue.whenRoom(runs::incrementAndGet), () -> queue.take(8));
              check(runs.get() == 1, "runs of the task: " + runs);
            }))
        .isTrue();
  }

  // ---- PINGs

  @Test
  void everyPingIsAnsweredOnce() {
    explore(() -> {
      PendingPings pings = new PendingPings(Runnable::run);
      CompletableFuture<Duration> first = pings.add(1);
      CompletableFuture<Duration> second = pings.add(2);
      AtomicInteger answers = new AtomicInteger();
      CompletableFuture<?> ofFirst = first.thenRun(answers::incrementAndGet);
      CompletableFuture<?> ofSecond = second.thenRun(answers::incrementAndGet);
      together(
          () -> {
            pings.note(1, Duration.ZERO);
            pings.note(2, Duration.ZERO);
            pings.tell();
          },
          pings::tell,
          pings::tell);
      check(first.isDone() && second.isDone(), "an answer is lost");
      check(ofFirst.isDone() && ofSecond.isDone(), "an answer is not told");
      check(answers.get() == 2, "answers: " + answers);
    });
  }

  @Test
  void aPingThatMeetsTheEndOfTheSessionEndsWithIt() {
    explore(() -> {
      PendingPings pings = new PendingPings(Runnable::run);
      CompletableFuture<?>[] ping = new CompletableFuture<?>[1];
      together(
          () -> ping[0] = pings.add(1), () -> pings.end(cause(SessionEnd.ABORTED)), pings::tell);
      check(ping[0].isCompletedExceptionally(), "a PING outlives its session");
    });
  }

  // ---- the end of a session

  @Test
  void theFirstCauseWins() {
    explore(() -> {
      Termination termination = new Termination(Runnable::run);
      CompletableFuture<SessionException> future = termination.future();
      AtomicInteger winners = new AtomicInteger();
      together(
          () -> end(termination, SessionEnd.ABORTED, winners),
          () -> end(termination, SessionEnd.TIMED_OUT, winners),
          () -> check(termination.await(Long.MAX_VALUE), "the end comes"));
      SessionException cause = termination.cause();
      check(winners.get() == 1, "winners: " + winners);
      check(cause != null && future.join().reason() == cause.reason(), "one cause for everyone");
    });
  }

  private static void end(Termination termination, SessionEnd reason, AtomicInteger winners) {
    SessionException cause = cause(reason);
    if (termination.begin(cause)) {
      winners.incrementAndGet();
      termination.complete(cause);
    }
  }

  private static SessionException cause(SessionEnd reason) {
    return new SessionException(reason, "ended by the test", null);
  }

  // ---- buffers

  @Test
  void noBufferHasTwoOwnersAndFewAreKept() {
    explore(() -> {
      DirectBuffers buffers = new DirectBuffers(1, 1);
      AtomicInteger[] owners = {new AtomicInteger()};
      ByteBuffer kept = buffers.take();
      buffers.giveBack(kept);
      Interleavings.Step use =
          () -> {
            ByteBuffer buffer = buffers.take();
            if (buffer == kept) {
              check(owners[0].incrementAndGet() == 1, "two owners");
              owners[0].decrementAndGet();
            }
            buffers.giveBack(buffer);
          };
      together(use, use);
      ByteBuffer first = buffers.take();
      ByteBuffer second = buffers.take();
      ByteBuffer third = buffers.take();
      check(first != second && second != third && first != third, "given out twice");
    });
  }

  /** Looks at the first buffer and takes it in two steps. */
  private static final class TwoStepBuffers {
    private final ConcurrentLinkedQueue<ByteBuffer> stock = new ConcurrentLinkedQueue<>();

    ByteBuffer take() {
      ByteBuffer buffer = stock.peek();
      if (buffer == null) {
        return ByteBuffer.allocate(1);
      }
      stock.poll();
      return buffer;
    }
  }

  @Test
  void aStockThatGivesABufferTwiceIsCaught() {
    assertThat(
            isCaught(() -> {
              TwoStepBuffers buffers = new TwoStepBuffers();
              buffers.stock.add(ByteBuffer.allocate(1));
              ByteBuffer[] got = new ByteBuffer[2];
              together(() -> got[0] = buffers.take(), () -> got[1] = buffers.take());
              check(got[0] != got[1], "given out twice");
            }))
        .isTrue();
  }
}
