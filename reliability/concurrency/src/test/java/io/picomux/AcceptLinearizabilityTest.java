package io.picomux;

import static io.picomux.Linearizability.mustBeRefused;
import static io.picomux.Linearizability.sessionAgainst;

import io.picomux.core.Command;
import io.picomux.core.MuxLimits;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/**
 * Streams that the peer opens and callers who ask for one, on a whole session, against a sequential
 * specification: each stream goes to one caller, in the order of their coming.
 */
class AcceptLinearizabilityTest {
  /** There is no stream now. */
  private static final int NONE = 0;

  /** A session whose peer opens streams 1, 2, 3, ... */
  public static final class SessionCalls {
    private final ModelSession model = new ModelSession(MuxLimits.DEFAULT);
    private int opened;

    /** One thread reads what the peer sends. */
    @Operation(nonParallelGroup = "reader")
    public void open() {
      opened++;
      model.receive(Command.SYN, opened, new byte[0]);
    }

    @Operation
    public int take() throws IOException {
      try {
        return model.session.acceptQueue().take(0).id();
      } catch (SocketTimeoutException e) {
        return NONE;
      }
    }

    /** Asks without waiting: what does not come now goes to this caller before any later one. */
    @Operation
    public int ask() {
      CompletableFuture<MuxStream> asked = model.session.acceptQueue().takeAsync();
      return asked.isDone() ? asked.join().id() : NONE;
    }
  }

  /** Looks at the first stream and takes it in two steps. */
  public static final class TwoStepCalls {
    private final ConcurrentLinkedQueue<Integer> streams = new ConcurrentLinkedQueue<>();
    private final AtomicInteger asking = new AtomicInteger();
    private int opened;

    @Operation(nonParallelGroup = "reader")
    public void open() {
      opened++;
      if (asking.get() > 0) {
        asking.decrementAndGet();
      } else {
        streams.add(opened);
      }
    }

    @Operation
    public int take() {
      Integer first = streams.peek();
      streams.poll();
      return first == null ? NONE : first;
    }

    @Operation
    public int ask() {
      int stream = take();
      asking.addAndGet(stream == NONE ? 1 : 0);
      return stream;
    }
  }

  /** A queue of numbers, and how many are asked for in advance. */
  public static final class Specification {
    private final ArrayDeque<Integer> streams = new ArrayDeque<>();
    private int opened;
    private int asking;

    public void open() {
      opened++;
      if (asking > 0) {
        asking--;
      } else {
        streams.add(opened);
      }
    }

    public int take() {
      return streams.isEmpty() ? NONE : streams.remove();
    }

    public int ask() {
      int stream = take();
      asking += stream == NONE ? 1 : 0;
      return stream;
    }
  }

  @Test
  void everyStreamGoesToOneCaller() {
    sessionAgainst(Specification.class).check(SessionCalls.class);
  }

  @Test
  void aQueueThatGivesAStreamToTwoIsRefused() {
    mustBeRefused(TwoStepCalls.class, Specification.class);
  }
}
