package io.picomux.loop;

import io.picomux.log.GuardedLogger;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One platform thread that waits on many channels and many deadlines. Its methods may be called
 * from any thread unless they say otherwise; handlers are called on its own thread only and must
 * not block.
 */
public final class EventLoop implements Runnable {
  /**
   * What one session reads in a turn, so that no session makes the others of its loop wait for
   * long.
   */
  private static final int READ_BYTES = 256 << 10;

  /** What a session is left when its turns take long. */
  private static final int LEAST_READ_BYTES = 4 << 10;

  /**
   * How long a turn should take at the most. Data takes a quarter of it; a flood of tiny frames
   * takes long for the same bytes, and gets fewer of them in a turn. Chosen by judgement.
   */
  private static final long TURN_NANOS = 1_000_000;

  private static final System.Logger LOG =
      GuardedLogger.of(System.getLogger(EventLoop.class.getName()));

  /** What happens to one registered channel. */
  public interface Handler {
    /**
     * The channel can be read.
     *
     * @param scratch an empty direct buffer, valid during the call
     */
    void onReadable(ByteBuffer scratch);

    /** The channel can be written. */
    void onWritable();

    /**
     * The deadline set with {@link Registration#setDeadline} has come, and the channel was read
     * after it had.
     */
    void onDeadline();

    /**
     * A handler method has thrown, the loop has broken down, or somebody has closed the channel
     * without taking it off the loop.
     */
    void onFailure(Throwable cause);
  }

  /** One channel on its loop. Safe for concurrent use. */
  public final class Registration {
    private final Handler handler;
    private final SelectionKey key;
    private volatile boolean writeWanted;
    private volatile boolean readWanted = true;
    private final LoopTimers.Timer deadline = newTimer(this::onDeadline);
    private final LoopTimers.Timer pauseEnd = newTimer(this::updateInterest);
    private int turnBytes = READ_BYTES;
    private volatile long deadlineNanoTime = NO_DEADLINE;
    private boolean cancelled;

    private Registration(SocketChannel channel, Handler handler) throws IOException {
      this.handler = handler;
      this.key = channel.register(selector, 0, this);
    }

    /** Asks for one call of {@link Handler#onWritable} when the channel can be written. */
    public void wantWrite() {
      execute(() -> {
        writeWanted = true;
        updateInterest();
      });
    }

    /** Stops the calls of {@link Handler#onReadable}: the peer has ended its direction. */
    public void stopReading() {
      execute(() -> {
        readWanted = false;
        updateInterest();
      });
    }

    /**
     * Makes no calls of {@link Handler#onReadable} for a while, or for longer than was said before;
     * called on the loop's thread.
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
      lookOftenUntilNanoTime = System.nanoTime() + nanos;
      looksOften = true;
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
     * Sets when {@link Handler#onDeadline} is called next, on the clock of {@link
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
      EventLoop.this.execute(() -> run(task));
    }

    /** Runs on the loop's thread after a while. */
    public void executeAfter(long nanos, Runnable task) {
      execute(() -> newTimer(task).set(System.nanoTime() + nanos));
    }

    private LoopTimers.Timer newTimer(Runnable task) {
      return timers.newTimer(() -> run(task));
    }

    private void run(Runnable task) {
      try {
        task.run();
      } catch (Throwable e) {
        fail(handler, e);
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
      if (deadlineNanoTime - lookedNanoTime > 0) {
        schedule();
        return;
      }
      deadlineNanoTime = NO_DEADLINE;
      handler.onDeadline();
    }

    private void onSelected(ByteBuffer scratch) {
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
        turnBytes = Math.min(READ_BYTES, 2 * turnBytes);
      }
    }

    private void updateInterest() {
      if (key.isValid()) {
        key.interestOps(
            (readWanted && !pauseEnd.isSet() ? SelectionKey.OP_READ : 0)
                | (writeWanted ? SelectionKey.OP_WRITE : 0));
      } else if (!cancelled) {
        fail(handler, new ClosedChannelException());
      }
    }
  }

  /**
   * Stands for no deadline; {@link System#nanoTime()} may return it too, which then costs one idle
   * call.
   */
  private static final long NO_DEADLINE = Long.MIN_VALUE;

  /**
   * Loops that may look again and again at the same time: half of the processors are left to
   * others.
   */
  private static final Semaphore LOOKING_OFTEN =
      new Semaphore(Runtime.getRuntime().availableProcessors() / 2);

  /** Lets every loop's thread be told from others. */
  private static final class LoopThread extends Thread {
    LoopThread(Runnable loop, String name) {
      super(loop, name);
      setDaemon(true);
    }
  }

  private final Selector selector;
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(READ_BYTES);
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final List<Runnable> turn = new ArrayList<>();
  private final AtomicBoolean wakeUpPending = new AtomicBoolean();
  private final LoopTimers timers = new LoopTimers();
  private final Thread thread;

  /** When the loop began to look at the channels for the last time; its own thread's. */
  private long lookedNanoTime;

  // Owned by the loop's thread.
  private boolean looksOften;
  private long lookOftenUntilNanoTime;

  /** Held by whoever runs tasks after the loop has broken down. */
  private final ReentrantLock afterwards = new ReentrantLock();

  private volatile boolean stopping;
  private volatile boolean broken;

  EventLoop(String name) throws IOException {
    selector = Selector.open();
    thread = new LoopThread(this, name);
  }

  void start() {
    try {
      thread.start();
    } catch (Error e) {
      // No thread can be made.
      closeSelector();
      throw e;
    }
  }

  /** Ends the thread after the tasks that it has; the caller has no registrations left on it. */
  void stop() {
    execute(() -> stopping = true);
  }

  /** Returns whether the loop has broken down: it watches nothing any more. */
  boolean isBroken() {
    return broken;
  }

  /** Returns whether the calling thread is this loop's. */
  public boolean isCurrentThread() {
    return Thread.currentThread() == thread;
  }

  /** Returns whether the calling thread is that of some loop, and must not wait therefore. */
  public static boolean isLoopThread() {
    return Thread.currentThread() instanceof LoopThread;
  }

  /**
   * Adds a channel in non-blocking mode. Reading begins with {@link #start(Registration)}.
   *
   * @throws IOException when the channel is closed
   */
  public Registration register(SocketChannel channel, Handler handler) throws IOException {
    return new Registration(channel, handler);
  }

  /** Begins to read from a registered channel. */
  public void start(Registration registration) {
    registration.execute(registration::updateInterest);
  }

  /** Runs a task on the loop's thread soon; one that throws breaks the loop down. */
  void execute(Runnable task) {
    tasks.add(task);
    if (broken) {
      Thread.ofVirtual().name("picomux-loop-rest").start(this::runRest);
    } else if (!isCurrentThread() && wakeUpPending.compareAndSet(false, true)) {
      selector.wakeup();
    }
  }

  @Override
  public void run() {
    try {
      while (!stopping || !tasks.isEmpty()) {
        select();
        wakeUpPending.set(false);
        runTasks();
        runSelected();
        // Those that were due when the loop last looked at the channels. A process that stood still
        // for long (suspended, or in a pause of the collector) finds its deadlines over and bytes
        // of the peer waiting: these come first, for they may be the sign of life that a deadline
        // is about. A wait that is cut short by a signal even ends without looking.
        timers.run(lookedNanoTime);
      }
    } catch (Throwable e) {
      broken = true;
      failAll(e);
      runRest();
    } finally {
      closeSelector();
    }
  }

  private void select() throws IOException {
    lookedNanoTime = System.nanoTime();
    // An interrupt of this thread means nothing, and would let no select wait any more.
    Thread.interrupted();
    if (!tasks.isEmpty()) {
      selector.selectNow();
      return;
    }
    if (looksOften && lookOften()) {
      return;
    }
    long nanos = timers.nanosToNext(lookedNanoTime);
    if (nanos == Long.MAX_VALUE) {
      selector.select();
      return;
    }
    if (nanos <= 0) {
      selector.selectNow();
    } else {
      selector.select(TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
    }
  }

  /** Returns whether the loop looks again and again; called on its own thread. */
  boolean looksOften() {
    return looksOften;
  }

  /** Looks until there is something to do or the time is over; returns whether there is. */
  @SuppressWarnings("ThreadPriorityCheck") // how soon something is found depends on it, no more
  private boolean lookOften() throws IOException {
    if (LOOKING_OFTEN.tryAcquire()) {
      try {
        while (lookedNanoTime - lookOftenUntilNanoTime < 0) {
          if (selector.selectNow() > 0
              || !tasks.isEmpty()
              || timers.nanosToNext(lookedNanoTime) <= 0) {
            return true;
          }
          // The kernel likes to wake the peer on this processor.
          Thread.yield();
          lookedNanoTime = System.nanoTime();
        }
      } finally {
        LOOKING_OFTEN.release();
      }
    }
    looksOften = false;
    return false;
  }

  /**
   * Runs the tasks that are there. What they add waits until channels and timers have had their
   * turn, so that a session that always has more to write does not keep the others waiting.
   */
  private void runTasks() {
    Runnable task;
    while ((task = tasks.poll()) != null) {
      turn.add(task);
    }
    turn.forEach(Runnable::run);
    turn.clear();
  }

  /** Runs what is still to be done when the loop is broken: channels are to be closed above all. */
  private void runRest() {
    afterwards.lock();
    try {
      turn.forEach(EventLoop::runGuarded);
      turn.clear();
      Runnable task;
      while ((task = tasks.poll()) != null) {
        runGuarded(task);
      }
    } finally {
      afterwards.unlock();
    }
  }

  private static void runGuarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      LOG.log(System.Logger.Level.ERROR, "a task of a broken loop has thrown", e);
    }
  }

  /** Tells a handler of a failure; one that fails at that as well does not harm the others. */
  private static void fail(Handler handler, Throwable cause) {
    try {
      handler.onFailure(cause);
    } catch (Throwable e) {
      LOG.log(System.Logger.Level.ERROR, "a handler has failed to handle its failure", e);
    }
  }

  private void runSelected() {
    for (SelectionKey key : selector.selectedKeys()) {
      if (key.attachment() instanceof Registration registration) {
        try {
          registration.onSelected(scratch);
        } catch (CancelledKeyException e) {
          LOG.log(System.Logger.Level.TRACE, "channel was closed while it was selected");
        } catch (Throwable e) {
          fail(registration.handler, e);
        }
      }
    }
    selector.selectedKeys().clear();
  }

  private void failAll(Throwable cause) {
    LOG.log(System.Logger.Level.ERROR, "selector thread broke down", cause);
    try {
      for (SelectionKey key : selector.keys()) {
        if (key.attachment() instanceof Registration registration) {
          fail(registration.handler, cause);
        }
      }
    } catch (ClosedSelectorException e) {
      LOG.log(System.Logger.Level.DEBUG, "selector was closed", e);
    }
  }

  private void closeSelector() {
    try {
      selector.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "selector does not close", e);
    }
  }
}
