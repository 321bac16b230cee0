package io.picomux;

import io.picomux.log.GuardedLogger;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
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

  private final Duplex first;
  private final Duplex second;
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
            .start(() -> copy(second, first, secondToFirstBytes, secondToFirst));
    copy(first, second, firstToSecondBytes, firstToSecond);
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

  private void copy(Duplex from, Duplex to, AtomicLong count, LongConsumer listener) {
    try {
      InputStream in = from.inputStream();
      OutputStream out = to.outputStream();
      byte[] buffer = new byte[FIRST_BUFFER_BYTES];
      int n;
      while ((n = in.read(buffer)) >= 0) {
        out.write(buffer, 0, n);
        out.flush();
        count.addAndGet(n);
        listener.accept(n);
        if (n == buffer.length && n < BUFFER_BYTES) {
          buffer = new byte[BUFFER_GROWTH * n];
        }
      }
      to.shutdownOutput();
    } catch (IOException e) {
      fail(e);
    } catch (RuntimeException | Error e) {
      fail(new IOException("a listener or an end of the splice has thrown", e));
    }
  }

  private void fail(IOException cause) {
    if (failure.compareAndSet(null, cause)) {
      resetQuietly(first);
      resetQuietly(second);
    }
  }

  private static void resetQuietly(Duplex end) {
    try {
      end.reset();
    } catch (IOException e) {
      closeQuietly(end);
    }
  }

  private static void closeQuietly(Duplex end) {
    try {
      end.close();
    } catch (IOException e) {
      GuardedLogger.ofLibrary().log(System.Logger.Level.DEBUG, end + " does not close", e);
    }
  }
}
