package io.picomux.loop;

import io.picomux.log.GuardedLogger;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
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
  /** What one session reads at once, so that none makes the others of its loop wait for long. */
  static final int READ_BYTES = 256 << 10;

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
    return new Registration(this, selector, channel, handler);
  }

  /** Begins to read from a registered channel. */
  public void start(Registration registration) {
    registration.begin();
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

  // ---- for registrations, on the loop's thread

  LoopTimers timers() {
    return timers;
  }

  /** Returns when the loop began to look at the channels for the last time. */
  long lookedNanoTime() {
    return lookedNanoTime;
  }

  void lookOftenUntil(long nanoTime) {
    lookOftenUntilNanoTime = nanoTime;
    looksOften = true;
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
  static void fail(Handler handler, Throwable cause) {
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
          fail(registration.handler(), e);
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
          fail(registration.handler(), cause);
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
