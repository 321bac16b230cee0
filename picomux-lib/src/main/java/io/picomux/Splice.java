package io.picomux;

import io.picomux.log.GuardedLogger;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Pipes two duplex ends into each other, as a proxy or a tunnel does. The end of one direction ends
 * just that direction at the other side; a failure drops both ends at once, so that neither party
 * takes a truncation for a clean end.
 */
public final class Splice {
  /**
   * What is moved at once; chosen by judgement: the size of writes at which bulk throughput levels
   * off.
   */
  private static final int BUFFER_BYTES = 64 << 10;

  /**
   * What is moved at first, until a read fills it; chosen by judgement: a proxy has thousands of
   * splices that move little or nothing.
   */
  private static final int FIRST_BUFFER_BYTES = 4 << 10;

  private static final int BUFFER_GROWTH = 4;

  /**
   * How long the end of what one party sends waits for a write to it that is under way; chosen by
   * judgement: a write that meets a reset fails at once, and one that is stuck for longer meets
   * none.
   */
  private static final long WRITE_END_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Duplex first;
  private final Duplex second;

  // Held while something is written to that end, until a failure is known.
  private final ReentrantLock writesToFirst = new ReentrantLock();
  private final ReentrantLock writesToSecond = new ReentrantLock();

  private final LongConsumer firstToSecond;
  private final LongConsumer secondToFirst;
  private final AtomicLong firstToSecondBytes = new AtomicLong();
  private final AtomicLong secondToFirstBytes = new AtomicLong();
  private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();

  private Splice(
      Duplex first, Duplex second, LongConsumer firstToSecond, LongConsumer secondToFirst) {
    this.first = first;
    this.second = second;
    this.firstToSecond = firstToSecond;
    this.secondToFirst = secondToFirst;
  }

  /**
   * How a splice ended.
   *
   * @param firstToSecondBytes bytes moved from the first end to the second
   * @param secondToFirstBytes bytes moved from the second end to the first
   * @param failure what cut it short, or empty after a clean end of both directions
   */
  public record Result(
      long firstToSecondBytes, long secondToFirstBytes, Optional<IOException> failure) {}

  /**
   * Pipes until both directions have ended or one has failed, and closes both ends then. The
   * calling thread serves one direction and a virtual thread the other. An interrupt drops both
   * ends.
   */
  public static Result pipe(Duplex first, Duplex second) {
    return pipe(first, second, n -> {}, n -> {});
  }

  /**
   * Pipes as {@link #pipe(Duplex, Duplex)} does, and tells what moves.
   *
   * @param firstToSecond is told the bytes of each move from the first end to the second, by the
   *     thread that moves them
   * @param secondToFirst the same for the other direction
   */
  public static Result pipe(
      Duplex first, Duplex second, LongConsumer firstToSecond, LongConsumer secondToFirst) {
    return new Splice(first, second, firstToSecond, secondToFirst).run();
  }

  private Result run() {
    Thread back =
        Thread.ofVirtual()
            .name("picomux-splice")
            .start(() -> guarded(() -> copy(second, first, writesToSecond, writesToFirst, false)));
    guarded(() -> copy(first, second, writesToFirst, writesToSecond, true));
    boolean interrupted = false;
    while (back.isAlive()) {
      try {
        back.join();
      } catch (InterruptedException e) {
        interrupted = true;
        fail(new IOException("the splice was interrupted", e));
      }
    }
    closeQuietly(first);
    closeQuietly(second);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return new Result(
        firstToSecondBytes.get(), secondToFirstBytes.get(), Optional.ofNullable(failure.get()));
  }

  private void guarded(Copy copy) {
    try {
      copy.run();
    } catch (IOException e) {
      fail(e);
    } catch (RuntimeException | Error e) {
      fail(new IOException("a listener or an end of the splice has thrown", e));
    }
  }

  /** One direction, to its end. */
  @FunctionalInterface
  private interface Copy {
    void run() throws IOException;
  }

  private void copy(
      Duplex from, Duplex to, ReentrantLock writesToFrom, ReentrantLock writesToTo, boolean forward)
      throws IOException {
    AtomicLong count = forward ? firstToSecondBytes : secondToFirstBytes;
    LongConsumer listener = forward ? firstToSecond : secondToFirst;
    InputStream in = from.inputStream();
    OutputStream out = to.outputStream();
    byte[] buffer = new byte[FIRST_BUFFER_BYTES];
    int n;
    while ((n = in.read(buffer)) >= 0) {
      if (!write(out, buffer, n, writesToTo)) {
        return;
      }
      count.addAndGet(n);
      listener.accept(n);
      if (n == buffer.length && n < BUFFER_BYTES) {
        buffer = new byte[BUFFER_GROWTH * n];
      }
    }
    if (isEnd(writesToFrom)) {
      to.shutdownOutput();
    }
  }

  /** Returns whether it has worked; if not, both ends are dropped before others hear of it. */
  private boolean write(OutputStream out, byte[] buffer, int n, ReentrantLock writes) {
    writes.lock();
    try {
      guarded(() -> {
        out.write(buffer, 0, n);
        out.flush();
      });
      return failure.get() == null;
    } finally {
      writes.unlock();
    }
  }

  /**
   * Tells whether what looks like the end of a party's direction is one. TCP reports a reset once:
   * when a write to that party gets it, reading only finds an end. So the write that is under way
   * comes first.
   */
  private boolean isEnd(ReentrantLock writes) throws IOException {
    try {
      if (writes.tryLock(WRITE_END_NANOS, TimeUnit.NANOSECONDS)) {
        writes.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the splice was interrupted", e);
    }
    return failure.get() == null;
  }

  private void fail(IOException cause) {
    if (failure.compareAndSet(null, cause)) {
      try {
        resetQuietly(first);
      } finally {
        resetQuietly(second);
      }
    }
  }

  private static void resetQuietly(Duplex end) {
    try {
      end.reset();
    } catch (IOException | RuntimeException | Error e) {
      closeQuietly(end);
    }
  }

  private static void closeQuietly(Duplex end) {
    try {
      end.close();
    } catch (IOException | RuntimeException | Error e) {
      GuardedLogger.ofLibrary().log(System.Logger.Level.DEBUG, end + " does not close", e);
    }
  }
}
