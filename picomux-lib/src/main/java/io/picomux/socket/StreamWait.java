package io.picomux.socket;

import io.picomux.MuxException;
import io.picomux.MuxStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits for streams that are being opened or accepted; whoever cancels the future ends the wait.
 */
final class StreamWait {
  private StreamWait() {}

  /**
   * Waits for a stream. One that comes at the moment the wait ends early is returned, not lost.
   *
   * @param timeoutMillis how long, 0 for as long as it takes
   * @param call names the call in messages
   * @throws SocketTimeoutException after the timeout
   * @throws InterruptedIOException when interrupted; the flag is set again
   * @throws SocketException when the future was cancelled because the socket was closed
   * @throws MuxException when there is no stream to come
   */
  static MuxStream await(CompletableFuture<MuxStream> future, int timeoutMillis, String call)
      throws IOException {
    try {
      return timeoutMillis == 0 ? future.get() : future.get(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      if (future.cancel(false)) {
        throw new SocketTimeoutException(call + " timed out after " + timeoutMillis + " ms");
      }
      return await(future, 0, call);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (future.cancel(false)) {
        throw new InterruptedIOException(call + " was interrupted");
      }
      return await(future, 0, call);
    } catch (CancellationException e) {
      throw new SocketException("Socket closed");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MuxException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
