package io.picomux.tunnel;

import io.picomux.log.GuardedLogger;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Accepts TCP connections and gives each to a handler on a virtual thread of its own.
 *
 * <p>With {@link #MAX_CONNECTIONS} open, further ones wait in the system's backlog. Safe for
 * concurrent use.
 */
final class LocalListener implements AutoCloseable {

  /** Connections at once: as many as an exit takes streams from one session. */
  static final int MAX_CONNECTIONS = 1024;

  /** How long not to accept after a failure such as a lack of file descriptors. */
  private static final long ACCEPT_BACKOFF_MILLIS = 100;

  /** Failed accepts are told of once in so long; chosen by judgement. */
  private static final long ACCEPT_REPORT_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final System.Logger LOGGER =
      GuardedLogger.of(System.getLogger(LocalListener.class.getName()));

  /** How long handlers may take to pass on that their connection was reset; judgement. */
  private static final long HANDLER_END_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * Does what is to be done for one connection. The listener closes the socket afterwards, or
   * resets it when the handler fails: who is cut off must not take that for an end.
   */
  interface Handler {
    void handle(Socket socket) throws IOException;
  }

  private final ServerSocket listener;
  private final Handler handler;
  private final String purpose;
  private final Semaphore free = new Semaphore(MAX_CONNECTIONS);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Thread> handlers = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closing = new CountDownLatch(1);

  /** When a failed accept is to be told of again; the accepting thread's. */
  private long reportNanoTime = System.nanoTime();

  private LocalListener(ServerSocket listener, String purpose, Handler handler) {
    this.listener = listener;
    this.purpose = purpose;
    this.handler = handler;
  }

  /**
   * Listens at {@code address}.
   *
   * @param purpose names the listener's threads and stands in its log lines
   * @throws IOException when the address cannot be listened at
   */
  static LocalListener listen(SocketAddress address, String purpose, Handler handler)
      throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(address, MAX_CONNECTIONS);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
    LocalListener listener = new LocalListener(socket, purpose, handler);
    Thread.ofVirtual().name("picomux-" + purpose + "-accept").start(listener::acceptAll);
    return listener;
  }

  /** The address that is listened at, with the port that the system chose for port 0. */
  InetSocketAddress localAddress() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /**
   * Stops listening and resets every connection, for nobody may take what was cut short for whole.
   * Waits a little for the handlers to pass that on, before a session under them is closed in good
   * order.
   */
  @Override
  public void close() {
    closing.countDown();
    try {
      listener.close();
    } catch (IOException e) {
      LOGGER.log(Level.DEBUG, "closing the listener", e);
    }
    open.forEach(LocalListener::reset);
    awaitHandlers();
  }

  private void awaitHandlers() {
    long deadlineNanoTime = System.nanoTime() + HANDLER_END_NANOS;
    try {
      for (Thread thread : handlers) {
        long left = deadlineNanoTime - System.nanoTime();
        if (thread != Thread.currentThread()
            && (left <= 0 || !thread.join(Duration.ofNanos(left)))) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void acceptAll() {
    try {
      while (!listener.isClosed()) {
        free.acquire();
        Socket socket;
        try {
          socket = listener.accept();
        } catch (IOException | RuntimeException | Error e) {
          // Without descriptors even a class may fail to load.
          free.release();
          if (!listener.isClosed()) {
            report(e);
            if (closing.await(ACCEPT_BACKOFF_MILLIS, TimeUnit.MILLISECONDS)) {
              return;
            }
          }
          continue;
        }
        begin(socket);
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread to keep it running.
      close();
    }
  }

  /** Handles a connection on a thread of its own; one for which there is none is reset. */
  private void begin(Socket socket) {
    open.add(socket);
    Thread handling = Thread.ofVirtual().name("picomux-" + purpose).unstarted(() -> handle(socket));
    handlers.add(handling);
    try {
      handling.start();
    } catch (RuntimeException | Error e) {
      LOGGER.log(Level.ERROR, purpose + ": a connection cannot be handled", e);
      reset(socket);
      leave(socket, handling);
    }
  }

  private void leave(Socket socket, Thread handling) {
    open.remove(socket);
    handlers.remove(handling);
    free.release();
  }

  /** Tells of a failed accept, unless it has done so lately. */
  private void report(Throwable failure) {
    if (System.nanoTime() - reportNanoTime < 0) {
      return;
    }
    reportNanoTime = System.nanoTime() + ACCEPT_REPORT_NANOS;
    LOGGER.log(
        Level.WARNING,
        purpose
            + ": cannot accept connections: "
            + failure.getMessage()
            + "; trying again all the time (if descriptors are used up, raise the limit with"
            + " ulimit -n)");
  }

  private void handle(Socket socket) {
    try {
      if (listener.isClosed()) {
        return;
      }
      socket.setTcpNoDelay(true);
      handler.handle(socket);
    } catch (IOException e) {
      reset(socket);
      LOGGER.log(Level.DEBUG, () -> purpose + ": connection ended: " + e.getMessage());
    } catch (RuntimeException | Error e) {
      reset(socket);
      LOGGER.log(Level.ERROR, purpose + ": connection failed", e);
    } finally {
      closeQuietly(socket);
      leave(socket, Thread.currentThread());
    }
  }

  private static void reset(Socket socket) {
    try {
      if (!socket.isClosed()) {
        socket.setSoLinger(true, 0);
      }
    } catch (IOException e) {
      LOGGER.log(Level.DEBUG, "resetting a connection", e);
    } finally {
      closeQuietly(socket);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOGGER.log(Level.DEBUG, "closing a connection", e);
    }
  }
}
