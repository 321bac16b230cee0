package io.picomux.log;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes records of one kind that others can cause at will, as a peer does with each connection,
 * without letting them flood the log: {@link #BURST_RECORDS} at once, then one each {@link
 * #REFILL_NANOS}. What is held back is counted, and a record a minute tells how many that were;
 * where DEBUG is on it is written at that level. Safe for concurrent use.
 */
public final class LimitedLog {
  /** Records that are written at once; chosen by judgement: what a person still reads. */
  static final int BURST_RECORDS = 30;

  /** After the burst one record is written in so long; chosen by judgement: ten a minute. */
  static final long REFILL_NANOS = TimeUnit.SECONDS.toNanos(6);

  /** How long after the first record that was held back its number is told. */
  static final long SUMMARY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final System.Logger logger;
  private final System.Logger.Level level;
  private final String kind;
  private final LongSupplier nanoClock;
  private final Executor afterAMinute;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private long tokens = BURST_RECORDS;
  private long refilledNanoTime;
  private long heldBack;

  /**
   * Creates the log of one kind of record, whoever in the process writes them.
   *
   * @param logger a logger that never throws, see {@link GuardedLogger}
   * @param kind what the records are about, in the plural
   */
  public LimitedLog(System.Logger logger, System.Logger.Level level, String kind) {
    this(
        logger,
        level,
        kind,
        System::nanoTime,
        CompletableFuture.delayedExecutor(
            SUMMARY_NANOS,
            TimeUnit.NANOSECONDS,
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("picomux-log").factory())));
  }

  LimitedLog(
      System.Logger logger,
      System.Logger.Level level,
      String kind,
      LongSupplier nanoClock,
      Executor afterAMinute) {
    this.logger = logger;
    this.level = level;
    this.kind = kind;
    this.nanoClock = nanoClock;
    this.afterAMinute = afterAMinute;
    this.refilledNanoTime = nanoClock.getAsLong();
  }

  /** Writes a record, or counts it. */
  public void log(String message, @Nullable Throwable thrown) {
    if (!logger.isLoggable(level)) {
      return;
    }
    logger.log(isAdmitted() ? level : System.Logger.Level.DEBUG, message, thrown);
  }

  private boolean isAdmitted() {
    boolean first;
    lock.lock();
    try {
      long refills = (nanoClock.getAsLong() - refilledNanoTime) / REFILL_NANOS;
      refilledNanoTime += refills * REFILL_NANOS;
      tokens = Math.min(tokens + refills, BURST_RECORDS);
      if (tokens > 0) {
        tokens--;
        return true;
      }
      first = heldBack == 0;
      heldBack++;
    } finally {
      lock.unlock();
    }
    if (first) {
      tellLater();
    }
    return false;
  }

  private void tellLater() {
    try {
      afterAMinute.execute(this::tellHeldBack);
    } catch (RuntimeException | Error e) {
      // No thread can be made for it: better now than never.
      tellHeldBack();
    }
  }

  private void tellHeldBack() {
    long count;
    lock.lock();
    try {
      count = heldBack;
      heldBack = 0;
    } finally {
      lock.unlock();
    }
    logger.log(
        level, kind + ": " + count + " more in the last minute (their records are at DEBUG)");
  }
}
