package io.picomux.tunnel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.SessionException;
import io.picomux.log.GuardedLogger;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The near end of a tunnel: keeps one session, and connects anew when it dies.
 *
 * <p>The delay before a new session is tried begins at 0.2 s, doubles up to 15 s, and has jitter;
 * it begins anew after a session that has lived for ten seconds. Streams do not outlive their
 * session: the bytes under way are lost and the streams fail; new ones wait for the next session.
 *
 * <p>Safe for concurrent use.
 */
public final class TunnelClient implements StreamOpener, AutoCloseable {

  /** How long {@link #open} waits for a session unless told otherwise (chosen by judgement). */
  public static final Duration DEFAULT_OPEN_TIMEOUT = Duration.ofSeconds(10);

  private static final System.Logger LOGGER =
      GuardedLogger.of(System.getLogger(TunnelClient.class.getName()));

  private static final Duration FIRST_DELAY = Duration.ofMillis(200);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(15);

  /** A session that lives this long counts as a success: the series of delays begins anew. */
  private static final Duration STABLE_SESSION = Duration.ofSeconds(10);

  /** Makes a session: connects, and authenticates where that is asked for. */
  @FunctionalInterface
  public interface Connector {
    /**
     * A new session. May block, for a bounded time; an interrupt ends the wait.
     *
     * @throws IOException when there is none
     */
    PicoMux connect() throws IOException;
  }

  private final Connector connector;
  private final TunnelListener listener;
  private final Duration openTimeout;
  private final Backoff backoff;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread keeper;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** The session, as long as it has not been seen dead. */
  @GuardedBy("lock")
  private @Nullable PicoMux session;

  /** Why there is no session, when an attempt has failed since the last one. */
  @GuardedBy("lock")
  private @Nullable IOException failure;

  @GuardedBy("lock")
  private boolean closed;

  private TunnelClient(Builder builder) {
    this.connector = builder.connector;
    this.listener = builder.listener;
    this.openTimeout = builder.openTimeout;
    this.backoff = new Backoff(FIRST_DELAY, LONGEST_DELAY, new SplittableRandom());
    this.keeper = Thread.ofVirtual().name("picomux-tunnel").unstarted(this::keepConnected);
  }

  /** A builder of a client whose sessions come from {@code connector}. */
  public static Builder builder(Connector connector) {
    return new Builder(connector);
  }

  /**
   * Opens a stream to {@code destination}, waiting for a session for as long as the builder was
   * told.
   *
   * @throws SocketTimeoutException when there was no session in time; its cause is why
   * @throws IOException when the client is closed
   */
  @Override
  public MuxStream open(Destination destination) throws IOException {
    return open(destination.toMetadata(), openTimeout);
  }

  /**
   * Opens a stream with {@code metadata}, waiting for a session for at most {@code timeout}.
   *
   * @throws SocketTimeoutException when there was no session in time; its cause is why
   * @throws InterruptedIOException when the thread was interrupted; its flag stays set
   * @throws IOException when the client is closed
   */
  public MuxStream open(byte[] metadata, Duration timeout) throws IOException {
    long deadlineNanos = deadlineAfter(timeout);
    while (true) {
      PicoMux live = awaitSession(deadlineNanos);
      Duration left = Duration.ofNanos(Math.max(1, deadlineNanos - System.nanoTime()));
      try {
        return live.open(metadata, left);
      } catch (SessionException e) {
        // Nothing was sent, so the next session may take it.
        forget(live);
      }
    }
  }

  /**
   * The session, waiting for one for at most {@code timeout}.
   *
   * @throws SocketTimeoutException when there was none in time; its cause is why
   * @throws InterruptedIOException when the thread was interrupted; its flag stays set
   * @throws IOException when the client is closed
   */
  public PicoMux awaitSession(Duration timeout) throws IOException {
    return awaitSession(deadlineAfter(timeout));
  }

  /** The session; empty while there is none. */
  public Optional<PicoMux> session() {
    lock.lock();
    try {
      return Optional.ofNullable(session);
    } finally {
      lock.unlock();
    }
  }

  /** Closes the session in good order and wakes everyone who waits for one. */
  @Override
  public void close() {
    PicoMux last;
    lock.lock();
    try {
      closed = true;
      last = session;
      session = null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    closing.countDown();
    keeper.interrupt();
    if (last != null) {
      last.close();
    }
  }

  private PicoMux awaitSession(long deadlineNanos) throws IOException {
    lock.lock();
    try {
      while (session == null) {
        if (closed) {
          throw new IOException("the tunnel client is closed");
        }
        long leftNanos = deadlineNanos - System.nanoTime();
        if (leftNanos <= 0) {
          throw noSession(failure);
        }
        changed.awaitNanos(leftNanos);
      }
      return session;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for a session");
    } finally {
      lock.unlock();
    }
  }

  /** Centuries are for ever: as far ahead as two times of the clock can be compared. */
  private static long deadlineAfter(Duration timeout) {
    boolean isForEver = timeout.compareTo(Duration.ofNanos(Long.MAX_VALUE / 2)) > 0;
    return System.nanoTime() + (isForEver ? Long.MAX_VALUE / 2 : timeout.toNanos());
  }

  private static SocketTimeoutException noSession(@Nullable IOException why) {
    SocketTimeoutException timeout =
        new SocketTimeoutException(
            why == null ? "no session in time" : "no session in time: " + why.getMessage());
    if (why != null) {
      timeout.initCause(why);
    }
    return timeout;
  }

  private void keepConnected() {
    try {
      while (closing.getCount() > 0) {
        IOException why = connectAndWaitGuarded();
        if (closing.getCount() == 0) {
          return;
        }
        Duration delay = backoff.next();
        tell(() -> listener.retryIn(delay, why));
        if (closing.await(delay.toNanos(), TimeUnit.NANOSECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      // Only close() interrupts this thread.
      LOGGER.log(Level.TRACE, "the tunnel client was closed while it connected");
    }
  }

  /** Whatever breaks, the client tries again: nobody else would. */
  private IOException connectAndWaitGuarded() throws InterruptedException {
    try {
      return connectAndWait();
    } catch (RuntimeException | Error e) {
      IOException broken = new IOException("the tunnel client failed: " + e, e);
      publish(null, broken);
      return broken;
    }
  }

  /** Makes a session and waits for its end; returns why there is none any more. */
  private IOException connectAndWait() throws InterruptedException {
    PicoMux live;
    try {
      live = connector.connect();
    } catch (IOException e) {
      LOGGER.log(Level.DEBUG, () -> "cannot connect: " + e.getMessage());
      publish(null, e);
      return e;
    } catch (RuntimeException | Error e) {
      LOGGER.log(Level.ERROR, "a connector failed", e);
      IOException failed = new IOException("the connector failed: " + e, e);
      publish(null, failed);
      return failed;
    }
    long startNanos = System.nanoTime();
    if (!publish(live, null)) {
      live.close();
      return new IOException("the tunnel client is closed");
    }
    tell(() -> listener.connected(live));
    SessionException end = live.onTermination().toCompletableFuture().join();
    forget(live);
    if (closing.getCount() > 0) {
      tell(() -> listener.lost(live, end));
      if (System.nanoTime() - startNanos >= STABLE_SESSION.toNanos()) {
        backoff.reset();
      }
    }
    return end;
  }

  /** Returns whether the client is open still. */
  private boolean publish(@Nullable PicoMux live, @Nullable IOException why) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      session = live;
      failure = why;
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void forget(PicoMux dead) {
    lock.lock();
    try {
      if (session == dead) {
        session = null;
      }
    } finally {
      lock.unlock();
    }
  }

  private static void tell(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException | Error e) {
      LOGGER.log(Level.ERROR, "a tunnel listener failed", e);
    }
  }

  /** Collects the settings of a {@link TunnelClient}. Not thread-safe. */
  public static final class Builder {
    private final Connector connector;
    private TunnelListener listener = TunnelListener.NONE;
    private Duration openTimeout = DEFAULT_OPEN_TIMEOUT;

    private Builder(Connector connector) {
      this.connector = connector;
    }

    /** Sets who is told of what happens; nobody unless set. */
    public Builder listener(TunnelListener value) {
      listener = value;
      return this;
    }

    /**
     * Sets how long {@link TunnelClient#open(Destination)} waits for a session; 10 s unless set.
     */
    public Builder openTimeout(Duration value) {
      openTimeout = value;
      return this;
    }

    /** The client, which begins to connect at once. */
    public TunnelClient start() {
      TunnelClient client = new TunnelClient(this);
      client.keeper.start();
      return client;
    }
  }
}
