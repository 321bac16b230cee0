package io.picomux;

import io.picomux.log.GuardedLogger;
import io.picomux.log.LimitedLog;
import io.picomux.loop.EventLoop;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Listens for TCP connections and begins a session on each. Safe for concurrent use.
 *
 * <pre>{@code
 * try (PicoMuxServer server = PicoMuxServer.listen(address, session -> {
 *   while (true) {
 *     MuxStream stream = session.accept();
 *     Thread.startVirtualThread(() -> serve(stream));
 *   }
 * })) { … }
 * }</pre>
 *
 * <p>When the process runs out of file descriptors the server says so, waits and goes on. When it
 * is short of memory, new connections are closed at once, see {@link SessionRefusal}.
 */
public final class PicoMuxServer implements AutoCloseable {
  /**
   * Sessions at a time by default; chosen by judgement: below the usual limit of 1024 descriptors.
   */
  private static final int DEFAULT_MAX_SESSIONS = 900;

  /** Stands for three quarters of all sessions, which hold for every address but our own. */
  private static final int NOT_SET = 0;

  /** First and last pause after a failed accept; it doubles in between. Chosen by judgement. */
  private static final long FIRST_PAUSE_MILLIS = 10;

  private static final long LAST_PAUSE_MILLIS = 1000;

  /**
   * Connections that may wait to be accepted; chosen by judgement: a burst of clients that come
   * back at once, which the default of 50 would leave to the retransmissions of TCP.
   */
  private static final int BACKLOG = 1024;

  /** Failed accepts are told of once in so long; chosen by judgement. */
  private static final long ACCEPT_REPORT_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** How long handlers may run on after their sessions; chosen by judgement. */
  private static final long HANDLER_END_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final System.Logger LOG = GuardedLogger.ofLibrary();

  /** Whose handler expects more of a peer than that keeps to fails with each connection. */
  private static final LimitedLog FAILURES =
      new LimitedLog(
          LOG, System.Logger.Level.WARNING, "handlers or begins of sessions that failed");

  private final ServerSocketChannel listener;
  private final SocketAddress localAddress;
  private final PicoMuxBuilder settings;
  private final SessionHandler handler;
  private final Admission admission;
  private final Set<PicoMux> sessions = ConcurrentHashMap.newKeySet();
  private final Set<Thread> handlers = ConcurrentHashMap.newKeySet();

  /** What ends the sessions, once the server is closed: also one that is being made meanwhile. */
  private final AtomicReference<@Nullable Consumer<PicoMux>> ending = new AtomicReference<>();

  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread acceptor;

  private PicoMuxServer(Builder builder, SocketAddress address, SessionHandler handler)
      throws IOException {
    this.settings = builder.settings.copy();
    this.admission = builder.admission();
    this.handler = handler;
    this.listener = ServerSocketChannel.open();
    try {
      listener.bind(address, BACKLOG);
      this.localAddress = listener.getLocalAddress();
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
    this.acceptor = Thread.ofVirtual().name("picomux-acceptor").unstarted(this::accept);
  }

  /** Collects the settings of a server. Not thread-safe. */
  public static final class Builder {
    private PicoMuxBuilder settings = PicoMux.builder();
    private int maxSessions = DEFAULT_MAX_SESSIONS;
    private int maxSessionsPerAddress = NOT_SET;

    private Builder() {}

    /** Sets how each session is set up; default {@link PicoMux#builder()}. */
    public Builder sessions(PicoMuxBuilder newSettings) {
      settings = newSettings.copy();
      return this;
    }

    /**
     * Sets how many sessions there may be at a time; a connection beyond that is closed at once.
     *
     * @param sessions 1 or more; default 900
     */
    public Builder maxSessions(int sessions) {
      if (sessions < 1) {
        throw new IllegalArgumentException("maxSessions is " + sessions + ", must be 1 or more");
      }
      maxSessions = sessions;
      return this;
    }

    /**
     * Sets how many sessions there may be at a time of one address, or of one IPv6 network of 64
     * bits; a connection beyond that is closed at once. It keeps one host from taking all sessions.
     *
     * @param sessions 1 or more. By default three quarters of {@link #maxSessions}, so that a proxy
     *     or the shared address of a provider in front of many clients has most of them, and no
     *     bound for this machine's own addresses
     */
    public Builder maxSessionsPerAddress(int sessions) {
      if (sessions < 1) {
        throw new IllegalArgumentException(
            "maxSessionsPerAddress is " + sessions + ", must be 1 or more");
      }
      maxSessionsPerAddress = sessions;
      return this;
    }

    private Admission admission() {
      boolean set = maxSessionsPerAddress != NOT_SET;
      return new Admission(
          maxSessions,
          set ? maxSessionsPerAddress : Math.max(1, maxSessions / 4 * 3),
          set,
          MemoryGuard::isMemoryLittle,
          System::nanoTime);
    }

    /**
     * Listens.
     *
     * @param address where; port 0 for one that is free, see {@link PicoMuxServer#localAddress()}
     * @throws IOException when the address cannot be listened on
     */
    public PicoMuxServer listen(SocketAddress address, SessionHandler handler) throws IOException {
      PicoMuxServer server = new PicoMuxServer(this, address, handler);
      server.acceptor.start();
      return server;
    }
  }

  /** Returns a builder, for settings other than the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Listens with the defaults, see {@link Builder#listen}. */
  public static PicoMuxServer listen(SocketAddress address, SessionHandler handler)
      throws IOException {
    return builder().listen(address, handler);
  }

  /** Returns where the server listens. */
  public SocketAddress localAddress() {
    return localAddress;
  }

  /** Returns the sessions that are being served now. */
  public Collection<PicoMux> sessions() {
    return List.copyOf(sessions);
  }

  /** Returns how many connections were closed at once, for whatever reason. */
  public long refusedSessions() {
    return admission.refused();
  }

  /** Returns how many connections were closed at once for which reason; absent means none. */
  public Map<SessionRefusal, Long> refusals() {
    return admission.refusals();
  }

  private void accept() {
    long pauseMillis = FIRST_PAUSE_MILLIS;
    long reportNanoTime = System.nanoTime();
    while (!isClosed()) {
      SocketChannel channel;
      try {
        channel = listener.accept();
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException | RuntimeException | Error e) {
        if (System.nanoTime() - reportNanoTime >= 0) {
          reportNanoTime = System.nanoTime() + ACCEPT_REPORT_NANOS;
          LOG.log(
              System.Logger.Level.WARNING,
              "cannot accept connections on {0}: {1}; trying again all the time (if descriptors are"
                  + " used up, raise the limit with ulimit -n)",
              localAddress,
              e.getMessage());
        }
        if (pause(pauseMillis)) {
          return;
        }
        pauseMillis = Math.min(2 * pauseMillis, LAST_PAUSE_MILLIS);
        continue;
      }
      pauseMillis = FIRST_PAUSE_MILLIS;
      try {
        serve(channel);
      } catch (IOException | RuntimeException | Error e) {
        FAILURES.log(
            "cannot begin a session on a connection to " + localAddress + ": " + e.getMessage(), e);
      }
    }
  }

  /** Waits; returns whether the server is closed by then. */
  private boolean pause(long millis) {
    try {
      return closing.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void serve(SocketChannel channel) throws IOException {
    SocketAddress remote = channel.getRemoteAddress();
    if (admission.enter(remote) != null) {
      channel.close();
      return;
    }
    PicoMux session;
    try {
      session = settings.over(channel);
    } catch (IOException | RuntimeException | Error e) {
      admission.leave(remote);
      channel.close();
      throw e;
    }
    sessions.add(session);
    Thread thread =
        Thread.ofVirtual()
            .name("picomux-session-" + session.id())
            .unstarted(() -> handle(session, remote));
    handlers.add(thread);
    try {
      thread.start();
    } catch (RuntimeException | Error e) {
      session.abort();
      leave(session, remote, thread);
      throw e;
    }
    Consumer<PicoMux> endOfSession = ending.get();
    if (endOfSession != null) {
      endOfSession.accept(session);
    }
  }

  private void handle(PicoMux session, SocketAddress remote) {
    try {
      handler.handle(session);
      session.close();
    } catch (SessionException e) {
      LOG.log(System.Logger.Level.DEBUG, "the handler is done: " + e.getMessage());
    } catch (Throwable e) {
      String message = "the handler of session " + session.id() + " failed";
      if (isClosed()) {
        // A handler that is cut off by close() is no news.
        LOG.log(System.Logger.Level.DEBUG, message, e);
      } else {
        FAILURES.log(message, e);
      }
    } finally {
      if (session.isClosing()) {
        // Calls fail as soon as a close begins; what was written is still on its way.
        session.close();
      }
      session.abort();
      leave(session, remote, Thread.currentThread());
    }
  }

  private boolean isClosed() {
    return ending.get() != null;
  }

  private void leave(PicoMux session, SocketAddress remote, Thread thread) {
    sessions.remove(session);
    admission.leave(remote);
    handlers.remove(thread);
  }

  /**
   * Stops listening, closes all sessions in order at the same time, see {@link PicoMux#close()},
   * and waits for that and, for at most 5 seconds, for the handlers: those that still run then are
   * interrupted. An interrupt cuts the wait short and aborts the sessions. A thread that moves the
   * bytes of sessions does not wait, as in {@link PicoMux#close()}.
   */
  @Override
  public void close() {
    end(PicoMux::close);
  }

  /**
   * Stops listening, drains all sessions at the same time, see {@link PicoMux#drain}, and waits for
   * that and for the handlers as {@link #close()} does.
   *
   * @param timeout how long the streams that exist may take
   */
  public void drain(Duration timeout) {
    end(session -> session.drain(timeout));
  }

  private void end(Consumer<PicoMux> endOfSession) {
    if (!ending.compareAndSet(null, endOfSession)) {
      return;
    }
    closing.countDown();
    try {
      listener.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "listener does not close", e);
    }
    if (EventLoop.isLoopThread()) {
      Thread.ofVirtual().name("picomux-closer").start(() -> endSessions(endOfSession));
    } else {
      endSessions(endOfSession);
    }
  }

  private void endSessions(Consumer<PicoMux> endOfSession) {
    List<Thread> closers = new ArrayList<>();
    for (PicoMux session : sessions) {
      closers.add(
          Thread.ofVirtual().name("picomux-closer").start(() -> endOfSession.accept(session)));
    }
    try {
      for (Thread closer : closers) {
        closer.join();
      }
      acceptor.join();
      awaitHandlers();
    } catch (InterruptedException e) {
      sessions.forEach(PicoMux::abort);
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits for the handlers, whose sessions are over; one that calls close() waits for the others.
   */
  private void awaitHandlers() throws InterruptedException {
    long deadlineNanoTime = System.nanoTime() + HANDLER_END_NANOS;
    for (Thread thread : handlers) {
      if (thread == Thread.currentThread()) {
        continue;
      }
      long left = deadlineNanoTime - System.nanoTime();
      if (left <= 0 || !thread.join(Duration.ofNanos(left))) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the handler on {0} goes on although its session is over; interrupting it",
            thread.getName());
        thread.interrupt();
      }
    }
  }
}
