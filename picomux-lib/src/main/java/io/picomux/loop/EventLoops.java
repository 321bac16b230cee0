package io.picomux.loop;

import io.picomux.log.GuardedLogger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The selector threads that all sessions of the process share: started for the first session, ended
 * after the last. Safe for concurrent use.
 */
public final class EventLoops {
  /** Threads at the most; chosen by judgement: one loop moves gigabytes per second. */
  private static final int MOST_LOOPS = 4;

  private static final System.Logger LOG =
      GuardedLogger.of(System.getLogger(EventLoops.class.getName()));

  private static final EventLoops SHARED = new EventLoops();

  private final ReentrantLock lock = new ReentrantLock();
  private final List<EventLoop> loops = new ArrayList<>();
  private int users;
  private int turn;
  private int generation;

  private EventLoops() {}

  /** Returns the loops of the process. */
  public static EventLoops shared() {
    return SHARED;
  }

  /**
   * Returns a loop to use until {@link #release()}.
   *
   * @throws IOException when there is none yet and a selector cannot be opened, because file
   *     descriptors are used up for instance
   */
  public EventLoop acquire() throws IOException {
    lock.lock();
    try {
      loops.removeIf(EventLoop::isBroken);
      int wanted = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_LOOPS);
      if (loops.size() < wanted) {
        addLoop();
      }
      users++;
      turn = (turn + 1) % loops.size();
      return loops.get(turn);
    } finally {
      lock.unlock();
    }
  }

  private void addLoop() throws IOException {
    EventLoop loop;
    try {
      loop = new EventLoop("picomux-loop-" + generation + "-" + loops.size());
      loop.start();
    } catch (IOException e) {
      if (loops.isEmpty()) {
        throw e;
      }
      LOG.log(
          System.Logger.Level.DEBUG, "no selector for one more loop; sharing those there are", e);
      return;
    }
    loops.add(loop);
  }

  /** Ends the use of a loop; its registrations are cancelled before. */
  public void release() {
    lock.lock();
    try {
      users--;
      if (users == 0) {
        loops.forEach(EventLoop::stop);
        loops.clear();
        turn = 0;
        generation++;
      }
    } finally {
      lock.unlock();
    }
  }
}
