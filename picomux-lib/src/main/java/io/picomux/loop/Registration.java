package io.picomux.loop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** One channel on its loop. Safe for concurrent use. */
public final class Registration {
  /** What a session is left when its turns take long. */
  private static final int LEAST_READ_BYTES = 4 << 10;

  /**
   * How long a turn should take at the most. Data takes half of it; a flood of tiny frames takes
   * long for the same bytes, and gets fewer of them in a turn. Chosen by judgement.
   */
  private static final long TURN_NANOS = 1_000_000;

  /**
   * Stands for no deadline; {@link System#nanoTime()} may return it too, which then costs one idle
   * call.
   */
  private static final long NO_DEADLINE = Long.MIN_VALUE;

  private final EventLoop loop;
  private final EventLoop.Handler handler;
  private final SelectionKey key;
  private volatile boolean writeWanted;
  private volatile boolean readWanted = true;
  private volatile long deadlineNanoTime = NO_DEADLINE;

  // Owned by the loop's thread.
  private final LoopTimers.Timer deadline;
  private final LoopTimers.Timer pauseEnd;
  private int turnBytes = EventLoop.READ_BYTES;
  private boolean cancelled;

  Registration(EventLoop loop, Selector selector, SocketChannel channel, EventLoop.Handler handler)
      throws IOException {
    this.loop = loop;
    this.handler = handler;
    this.deadline = newTimer(this::onDeadline);
    this.pauseEnd = newTimer(this::updateInterest);
    this.key = channel.register(selector, 0, this);
  }

  EventLoop.Handler handler() {
    return handler;
  }

  /** Begins to read. */
  void begin() {
    execute(this::updateInterest);
  }

  /** Asks for one call of {@link EventLoop.Handler#onWritable} when the channel can be written. */
  public void wantWrite() {
    execute(() -> {
      writeWanted = true;
      updateInterest();
    });
  }

  /** Stops the calls of {@link EventLoop.Handler#onReadable}: the peer has ended its direction. */
  public void stopReading() {
    execute(() -> {
      readWanted = false;
      updateInterest();
    });
  }

  /**
   * Makes no calls of {@link EventLoop.Handler#onReadable} for a while, or for longer than was said
   * before; called on the loop's thread.
   */
  public void pauseReading(long nanos) {
    long until = System.nanoTime() + nanos;
    if (cancelled || (pauseEnd.isSet() && until - pauseEnd.dueNanoTime() <= 0)) {
      return;
    }
    pauseEnd.set(until);
    updateInterest();
  }

  /**
   * Something is about to come: for so long the loop looks for it again and again instead of
   * waiting, unless other loops do so already; called on the loop's thread.
   */
  public void lookOften(long nanos) {
    loop.lookOftenUntil(System.nanoTime() + nanos);
  }

  /** Ends a pause before its time. */
  public void resumeReading() {
    execute(() -> {
      if (pauseEnd.isSet()) {
        pauseEnd.cancel();
        updateInterest();
      }
    });
  }

  /**
   * Sets when {@link EventLoop.Handler#onDeadline} is called next, on the clock of {@link
   * System#nanoTime()}. A later deadline than the current one costs nothing; an earlier one wakes
   * the loop.
   */
  public void setDeadline(long nanoTime) {
    long old = deadlineNanoTime;
    deadlineNanoTime = nanoTime;
    if (old == NO_DEADLINE || nanoTime - old < 0) {
      execute(this::schedule);
    }
  }

  /** Takes the channel off the loop. */
  public void cancel() {
    execute(() -> {
      cancelled = true;
      key.cancel();
      deadline.cancel();
      pauseEnd.cancel();
    });
  }

  /** Runs on the loop's thread soon. */
  public void execute(Runnable task) {
    loop.execute(() -> run(task));
  }

  /** Runs on the loop's thread after a while. */
  public void executeAfter(long nanos, Runnable task) {
    execute(() -> newTimer(task).set(System.nanoTime() + nanos));
  }

  private LoopTimers.Timer newTimer(Runnable task) {
    return loop.timers().newTimer(() -> run(task));
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      EventLoop.fail(handler, e);
    }
  }

  private void schedule() {
    if (cancelled || deadlineNanoTime == NO_DEADLINE) {
      return;
    }
    if (!deadline.isSet() || deadlineNanoTime - deadline.dueNanoTime() < 0) {
      deadline.set(deadlineNanoTime);
    }
  }

  private void onDeadline() {
    if (deadlineNanoTime - loop.lookedNanoTime() > 0) {
      schedule();
      return;
    }
    deadlineNanoTime = NO_DEADLINE;
    handler.onDeadline();
  }

  /** The channel is ready; called on the loop's thread. */
  void onSelected(ByteBuffer scratch) {
    int ready = key.readyOps();
    if ((ready & SelectionKey.OP_WRITE) != 0) {
      writeWanted = false;
      updateInterest();
      handler.onWritable();
    }
    if ((ready & SelectionKey.OP_READ) != 0 && readWanted && key.isValid()) {
      long begun = System.nanoTime();
      handler.onReadable(scratch.clear().limit(turnBytes));
      adaptTurn(System.nanoTime() - begun);
    }
  }

  private void adaptTurn(long tookNanos) {
    if (tookNanos > TURN_NANOS) {
      turnBytes = Math.max(LEAST_READ_BYTES, turnBytes / 2);
    } else if (tookNanos < TURN_NANOS / 2) {
      turnBytes = Math.min(EventLoop.READ_BYTES, 2 * turnBytes);
    }
  }

  private void updateInterest() {
    if (key.isValid()) {
      key.interestOps(
          (readWanted && !pauseEnd.isSet() ? SelectionKey.OP_READ : 0)
              | (writeWanted ? SelectionKey.OP_WRITE : 0));
    } else if (!cancelled) {
      EventLoop.fail(handler, new ClosedChannelException());
    }
  }
}
