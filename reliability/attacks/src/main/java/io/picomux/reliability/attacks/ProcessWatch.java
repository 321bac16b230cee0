package io.picomux.reliability.attacks;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Watches the memory of a victim and ends the process when it takes too much, before the machine
 * suffers. A thread of its own; safe for concurrent use.
 */
final class ProcessWatch implements AutoCloseable {
  /** Resident memory at which a victim is stopped. */
  static final long LIMIT_BYTES = 1L << 30;

  /** Memory can grow by some hundred MiB a second. */
  private static final long PERIOD_MILLIS = 50;

  private final Victim victim;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean stopped;

  private ProcessWatch(Victim victim) {
    this.victim = victim;
  }

  static ProcessWatch of(Victim victim) {
    ProcessWatch watch = new ProcessWatch(victim);
    Thread.ofPlatform().daemon().name("victim-watch").start(watch::watch);
    return watch;
  }

  /** Returns whether the process was ended for the memory it took. */
  boolean hasStoppedIt() {
    return stopped;
  }

  private void watch() {
    try {
      while (!closed.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
        if (victim.process().residentBytes() > LIMIT_BYTES) {
          stopped = true;
          victim.close();
          return;
        }
      }
    } catch (IOException e) {
      // The process is gone; whoever attacks it notices.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
