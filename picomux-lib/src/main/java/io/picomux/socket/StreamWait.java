package io.picomux.socket;

import io.picomux.MuxException;
import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.core.LivenessConfig;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits for streams that are being opened or accepted; whoever cancels the future ends the wait.
 */
final class StreamWait {
  /** How long the peer may be silent before a PING, as in the session's own waits. */
  private static final long PROBE_NANOS = LivenessConfig.DEFAULT.waitProbeNanos();

  private StreamWait() {}

  /**
   * Waits for a stream. One that comes at the moment the wait ends early is returned, not lost.
   *
   * @param future cancelled by whoever closes the socket
   * @param session is asked for a sign of life each time the wait has lasted long
   * @param timeoutMillis how long, 0 for as long as it takes
   * @param call names the call in messages
   * @throws SocketTimeoutException after the timeout
   * @throws InterruptedIOException when interrupted; the flag is set again
   * @throws SocketException when the future was cancelled
   * @throws MuxException when there is no stream to come
   */
  static MuxStream await(
      CompletableFuture<MuxStream> future, PicoMux session, int timeoutMillis, String call)
      throws IOException {
    try {
      awaitDone(future, session, timeoutMillis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (future.cancel(false)) {
        throw new InterruptedIOException(call + " was interrupted");
      }
    }
    if (!future.isDone() && future.cancel(false)) {
      throw new SocketTimeoutException(call + " timed out after " + timeoutMillis + " ms");
    }
    return switch (future.state()) {
      case SUCCESS -> future.resultNow();
      case FAILED -> throw failure(future.exceptionNow());
      case CANCELLED -> throw new SocketException("Socket closed");
      case RUNNING -> throw new IllegalStateException("cancelled, but still running");
    };
  }

  /** Returns when the future is done or the time is over. */
  private static void awaitDone(
      CompletableFuture<MuxStream> future, PicoMux session, int timeoutMillis)
      throws InterruptedException {
    long start = System.nanoTime();
    long timeoutNanos =
        timeoutMillis == 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    CompletableFuture<?> done = future.handle((stream, failure) -> true);
    long left;
    while (!done.isDone() && (left = timeoutNanos - (System.nanoTime() - start)) > 0) {
      try {
        done.get(Math.min(left, PROBE_NANOS), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        if (left > PROBE_NANOS) {
          CompletableFuture<Duration> unused = session.pingAsync();
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static IOException failure(Throwable cause) {
    if (cause instanceof MuxException e) {
      return e;
    }
    throw new IllegalStateException(cause);
  }
}
