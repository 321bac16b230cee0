package io.picomux;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.picomux.core.LivenessConfig;
import io.picomux.core.MuxConfig;
import io.picomux.core.SessionEnd;
import io.picomux.core.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A session: many independent streams over one connection.
 *
 * <p>Safe for concurrent use. Either side opens streams; the other one accepts them:
 *
 * <pre>{@code
 * try (PicoMux mux = PicoMux.connect(new InetSocketAddress("tunnel.example", 9000));
 *     MuxStream stream = mux.open("GET /".getBytes(UTF_8))) {
 *   stream.outputStream().write(request);
 *   stream.shutdownOutput();
 *   byte[] answer = stream.inputStream().readAllBytes();
 * }
 * }</pre>
 *
 * <p>No call blocks for ever: a call that has waited for a while without a byte from the peer makes
 * the session ask for a sign of life, and without one the session ends and every call with it. What
 * a call throws when the session is over is a {@link SessionException} with the first cause.
 */
public final class PicoMux implements AutoCloseable {
  private static final byte[] NO_METADATA = {};

  private final Session session;

  PicoMux(MuxConfig config, SessionOptions options, long seed, Driver.Factory drivers)
      throws IOException {
    this.session = new Session(this, config, options, seed, drivers);
    session.start();
  }

  /** Returns a builder, for settings other than the defaults. */
  public static PicoMuxBuilder builder() {
    return new PicoMuxBuilder();
  }

  /**
   * Connects by TCP, with the defaults.
   *
   * @throws IOException when there is no connection within {@link PicoMuxBuilder#connectTimeout}
   */
  public static PicoMux connect(SocketAddress address) throws IOException {
    return builder().connect(address);
  }

  /** Begins a session over a connected channel, which becomes the session's, with the defaults. */
  public static PicoMux over(SocketChannel channel) throws IOException {
    return builder().over(channel);
  }

  /** Begins a session over a connected socket, which becomes the session's, with the defaults. */
  public static PicoMux over(Socket socket) throws IOException {
    return builder().over(socket);
  }

  /** Begins a session over two streams, which become the session's, with the defaults. */
  public static PicoMux over(InputStream in, OutputStream out) throws IOException {
    return builder().over(in, out);
  }

  /** Begins a session over a transport, which becomes the session's, with the defaults. */
  public static PicoMux over(Transport transport) throws IOException {
    return builder().over(transport);
  }

  /** Returns what all sessions of this process have done. */
  public static ProcessStats processStats() {
    return ProcessCounters.snapshot();
  }

  /**
   * Returns a number that is unique among the sessions of this process; it stands in each log line.
   */
  public long id() {
    return session.id();
  }

  /** Returns the address of the peer, or null when the transport has none. */
  public @Nullable SocketAddress remoteAddress() {
    return session.driver().remoteAddress();
  }

  /**
   * Opens a stream. The peer is told at once (for callbacks see {@link PicoMuxBuilder#executor}),
   * and data may follow without waiting for an answer. Waits only while more is queued in this
   * session than {@link io.picomux.core.MuxLimits#sessionQueueBytes()}.
   *
   * @param metadata what the peer is to know about the stream, at most 65,535 bytes
   * @throws IllegalArgumentException when the metadata is longer; nothing is sent then
   * @throws SessionException when the session is over or being closed
   */
  public MuxStream open(byte[] metadata) throws IOException {
    return open(metadata, Duration.ofNanos(Waits.FOREVER_NANOS));
  }

  /**
   * Opens a stream, see {@link #open(byte[])}.
   *
   * @throws java.net.SocketTimeoutException when there was no room in the queue within the timeout
   */
  public MuxStream open(byte[] metadata, Duration timeout) throws IOException {
    CompletableFuture<MuxStream> opening = openAsync(metadata);
    return await("open", opening, Waits.nanos(timeout));
  }

  /** Opens a stream without waiting: the future is complete once there is room in the queue. */
  public CompletableFuture<MuxStream> openAsync(byte[] metadata) {
    if (metadata.length > WireFormat.MAX_BODY_BYTES) {
      throw new IllegalArgumentException(
          "metadata is "
              + metadata.length
              + " bytes, must be at most "
              + WireFormat.MAX_BODY_BYTES);
    }
    byte[] copy = metadata.length == 0 ? NO_METADATA : metadata.clone();
    CompletableFuture<MuxStream> future = new CompletableFuture<>();
    openWhenRoom(copy, future);
    return future;
  }

  /** Opens at once or when there is room, which others that wait for it may use up again. */
  private void openWhenRoom(byte[] metadata, CompletableFuture<MuxStream> future) {
    if (future.isDone() || openNow(metadata, future)) {
      return;
    }
    Runnable task = () -> session.runCallback(() -> openWhenRoom(metadata, future));
    CompletableFuture<?> unused =
        future.whenComplete((stream, failure) -> {
          if (failure != null) {
            session.forgetWaiting(task);
          }
        });
    session.whenQueueHasRoom(task);
  }

  /** Returns false when there is no room. */
  private boolean openNow(byte[] metadata, CompletableFuture<MuxStream> future) {
    try {
      MuxStream stream = session.open(metadata);
      if (stream == null) {
        return false;
      }
      if (!future.complete(stream)) {
        stream.reset();
      }
    } catch (SessionException e) {
      future.completeExceptionally(e);
    }
    return true;
  }

  /**
   * Takes the next stream that the peer has opened, waiting for one.
   *
   * @throws SessionException with the cause when the session is over
   */
  public MuxStream accept() throws IOException {
    return session.acceptQueue().take(Waits.FOREVER_NANOS);
  }

  /**
   * Takes the next stream that the peer has opened, waiting for one.
   *
   * @throws java.net.SocketTimeoutException when none has come within the timeout
   * @throws SessionException with the cause when the session is over
   */
  public MuxStream accept(Duration timeout) throws IOException {
    return session.acceptQueue().take(Waits.nanos(timeout));
  }

  /** Returns a future of the next stream that the peer opens; cancelling it loses no stream. */
  public CompletableFuture<MuxStream> acceptAsync() {
    return session.acceptQueue().takeAsync();
  }

  /** Returns whether the session has not ended. */
  public boolean isAlive() {
    return session.termination().cause() == null;
  }

  /**
   * Returns the future of the end with its first cause. A close of our own is a cause as well. It
   * is the same one for all callers, and none of them can complete or cancel it.
   */
  public CompletableFuture<SessionException> onTermination() {
    return session.termination().future();
  }

  /** Waits for the end. */
  public void awaitTermination() throws InterruptedException {
    if (!session.termination().await(Waits.FOREVER_NANOS)) {
      throw new IllegalStateException("waited for centuries");
    }
  }

  /** Waits for the end; returns whether it has come within the timeout. */
  public boolean awaitTermination(Duration timeout) throws InterruptedException {
    return session.termination().await(Waits.nanos(timeout));
  }

  /** Returns whether the crate's debloat rule governs the receive windows. */
  public boolean isDebloat() {
    return session.isDebloat();
  }

  /**
   * Switches the crate's debloat rule on, or back to the window policy that the session began with.
   */
  public void setDebloat(boolean on) {
    session.setDebloat(on);
  }

  /** Changes how a dead peer is noticed; a PING goes out at once. */
  public void setLiveness(LivenessConfig liveness) {
    session.setLiveness(liveness);
  }

  /** Sends a PING and returns a future of the round trip. */
  public CompletableFuture<Duration> pingAsync() {
    return session.ping();
  }

  /**
   * Sends a PING and waits for the answer.
   *
   * @return the round trip
   * @throws java.net.SocketTimeoutException when none has come within the timeout
   */
  public Duration ping(Duration timeout) throws IOException {
    return await("ping", session.ping(), Waits.nanos(timeout));
  }

  /** Returns the round trip of the last PING that was answered. */
  public Optional<Duration> lastLatency() {
    long nanos = session.latencyNanos();
    return nanos < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
  }

  /** Returns a snapshot of the figures of the session and of its streams. */
  public SessionStats stats() {
    return session.stats();
  }

  /**
   * Closes the session in order: no stream is opened or accepted any more, all streams are closed,
   * what was written is delivered, our direction of the connection ends, and what still comes is
   * discarded until the peer has ended too. Streams that nobody has accepted are reset, and so is a
   * stream whose write this cuts short, or that somebody wants to write to before its end has left.
   * The peer reads the end of any other stream as an end, whatever its writer had in mind, so
   * finish what is under way first, or {@link #drain}. Waits for that, at most {@link
   * io.picomux.core.MuxLimits#closeLingerNanos()} for the delivery and 5 seconds for the peer. An
   * interrupt cuts the wait short and closes at once. Does nothing when the session is over.
   *
   * <p>A thread that moves the bytes of sessions, on which callbacks run when the executor runs
   * them where it is called, begins all that and does not wait for it.
   */
  @Override
  public void close() {
    session.close();
  }

  /**
   * Begins what {@link #close()} does, without waiting for it.
   *
   * @return the future of {@link #onTermination()}
   */
  @CanIgnoreReturnValue
  public CompletableFuture<SessionException> closeAsync() {
    session.beginClose();
    return onTermination();
  }

  /**
   * Lets what is under way come to its end and closes then: streams that the peer opens are
   * refused, streams that exist go on until both sides have ended them or the timeout is over, and
   * {@link #close()} does the rest. An interrupt cuts the wait short. A thread that moves the bytes
   * of sessions does not wait, as in {@link #close()}.
   *
   * @param timeout how long the streams may take
   */
  public void drain(Duration timeout) {
    session.drain(Waits.nanos(timeout));
  }

  /**
   * Begins what {@link #drain(Duration)} does, without waiting for it.
   *
   * @return the future of {@link #onTermination()}
   */
  @CanIgnoreReturnValue
  public CompletableFuture<SessionException> drainAsync(Duration timeout) {
    session.beginDrain(Waits.nanos(timeout));
    return onTermination();
  }

  /** Returns whether {@link #close} was called, be it over or under way. */
  boolean isClosing() {
    return session.isClosing();
  }

  /** Ends the session at once; what was not delivered is lost. Never blocks. */
  public void abort() {
    session.end(SessionEnd.ABORTED, "aborted on this side", null);
  }

  /**
   * Waits for a future; a wait in which the peer is silent for long asks it for a sign of life.
   * What comes at the moment the wait ends early is returned, not lost.
   */
  <T> T await(String call, CompletableFuture<T> future, long timeoutNanos) throws IOException {
    WaitWatch watch = session.waitWatch();
    watch.begin();
    try {
      watch.arm();
      return awaitWatched(call, future, timeoutNanos);
    } finally {
      watch.end();
    }
  }

  private static <T> T awaitWatched(String call, CompletableFuture<T> future, long timeoutNanos)
      throws IOException {
    long start = System.nanoTime();
    while (true) {
      long left =
          timeoutNanos == Waits.FOREVER_NANOS
              ? timeoutNanos
              : Math.max(0, timeoutNanos - (System.nanoTime() - start));
      try {
        return future.get(left, TimeUnit.NANOSECONDS);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof SessionException cause) {
          throw cause.again();
        }
        throw new IllegalStateException(e.getCause());
      } catch (TimeoutException e) {
        if (future.cancel(false)) {
          throw Waits.timedOut(call, timeoutNanos, 0);
        }
      } catch (InterruptedException e) {
        InterruptedIOException interrupted = Waits.interrupted(call, 0);
        if (future.cancel(false)) {
          throw interrupted;
        }
      }
    }
  }

  @Override
  public String toString() {
    return "PicoMux session " + id() + (isAlive() ? "" : " (ended)");
  }
}
