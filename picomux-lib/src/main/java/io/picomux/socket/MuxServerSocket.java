package io.picomux.socket;

import io.picomux.MuxException;
import io.picomux.MuxStream;
import io.picomux.PicoMux;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A server socket whose connections are the streams that the peer of a session opens.
 *
 * <p>Safe for concurrent use; several threads and several server sockets may accept from one
 * session, each stream goes to one of them. Addresses, the port and the backlog are remembered and
 * select nothing; a port of 0 stays 0.
 *
 * <p>Closing it does not close the session: streams that nobody has taken stay in the session's
 * queue. The other way round, a server socket whose session has ended closes itself when {@link
 * #accept} has said so, so that a loop that asks {@link #isClosed} ends.
 */
public final class MuxServerSocket extends ServerSocket {
  private final PicoMux session;
  private final OptionValues options = OptionValues.ofServerSocket();
  private final ReentrantLock lock = new ReentrantLock();

  /** What threads in accept() wait for; close() cancels it. */
  private final Map<Thread, CompletableFuture<MuxStream>> waiting = new ConcurrentHashMap<>();

  // Written under the lock.
  private volatile @Nullable InetSocketAddress local;
  private volatile boolean closed;

  private volatile int timeoutMillis;

  /** Creates a server socket that accepts at once. Its nominal address is the wildcard, port 0. */
  public MuxServerSocket(PicoMux session) {
    this(session, new InetSocketAddress(0));
  }

  MuxServerSocket(PicoMux session, @Nullable InetSocketAddress local) {
    super(UnusedSocketImpl.INSTANCE);
    this.session = Objects.requireNonNull(session, "session");
    this.local = local;
  }

  /**
   * Takes the next stream, waiting for one.
   *
   * @throws java.net.SocketTimeoutException when none has come within {@link #setSoTimeout}
   * @throws java.io.InterruptedIOException when interrupted; the flag is set again
   * @throws SocketException when this server socket is closed, also while waiting, or when the
   *     session is over, with its {@link io.picomux.SessionException} as cause
   */
  @Override
  public MuxSocket accept() throws IOException {
    requireOpen();
    InetSocketAddress bound = local;
    if (bound == null) {
      throw new SocketException("Socket is not bound yet");
    }
    CompletableFuture<MuxStream> next = session.acceptAsync();
    waiting.put(Thread.currentThread(), next);
    try {
      if (closed) {
        next.cancel(false);
      }
      return new MuxSocket(StreamWait.await(next, session, timeoutMillis, "accept"), bound);
    } catch (MuxException e) {
      close();
      throw new SocketException(e.getMessage(), e);
    } finally {
      waiting.remove(Thread.currentThread());
    }
  }

  /** Remembers the address; accepting works from then on. */
  @Override
  public void bind(@Nullable SocketAddress endpoint) throws IOException {
    bind(endpoint, 0);
  }

  /**
   * Remembers the address; accepting works from then on.
   *
   * @param endpoint null for the wildcard address and port 0
   * @param backlog without effect: the session's own limit holds
   * @throws SocketException when it is bound or closed, or the address is not resolved
   */
  @Override
  public void bind(@Nullable SocketAddress endpoint, int backlog) throws IOException {
    InetSocketAddress address = Addresses.requireLocal(endpoint);
    lock.lock();
    try {
      requireOpen();
      if (local != null) {
        throw new SocketException("Already bound");
      }
      local = address;
    } finally {
      lock.unlock();
    }
  }

  /** Ends all calls of {@link #accept} with a {@link SocketException}; the session goes on. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
    waiting.forEach((thread, next) -> next.cancel(false));
  }

  /** Returns the nominal address, or null when it is not bound. */
  @Override
  public @Nullable InetAddress getInetAddress() {
    InetSocketAddress bound = local;
    return bound == null ? null : bound.getAddress();
  }

  /** Returns the nominal port, or -1 when it is not bound. */
  @Override
  public int getLocalPort() {
    InetSocketAddress bound = local;
    return bound == null ? -1 : bound.getPort();
  }

  /** Returns the nominal address, or null when it is not bound. */
  @Override
  public @Nullable SocketAddress getLocalSocketAddress() {
    return local;
  }

  /** Returns null: there is no channel. */
  @Override
  public @Nullable ServerSocketChannel getChannel() {
    return null;
  }

  @Override
  public boolean isBound() {
    return local != null;
  }

  /** Returns whether it was closed, by {@link #close} or because the session has ended. */
  @Override
  public boolean isClosed() {
    return closed;
  }

  /**
   * Sets how long {@link #accept} may wait.
   *
   * @param timeout in milliseconds, 0 for as long as it takes
   */
  @Override
  public void setSoTimeout(int timeout) throws SocketException {
    if (timeout < 0) {
      throw new IllegalArgumentException("timeout is " + timeout + " ms, must not be negative");
    }
    requireOpen();
    timeoutMillis = timeout;
  }

  @Override
  public int getSoTimeout() throws IOException {
    requireOpen();
    return timeoutMillis;
  }

  /** Remembers the value, which has no effect. */
  @Override
  public void setReuseAddress(boolean on) throws SocketException {
    set(StandardSocketOptions.SO_REUSEADDR, on);
  }

  @Override
  public boolean getReuseAddress() throws SocketException {
    return get(StandardSocketOptions.SO_REUSEADDR);
  }

  /** Remembers the value, which has no effect: windows are the session's business. */
  @Override
  public void setReceiveBufferSize(int size) throws SocketException {
    set(StandardSocketOptions.SO_RCVBUF, size);
  }

  @Override
  public int getReceiveBufferSize() throws SocketException {
    return get(StandardSocketOptions.SO_RCVBUF);
  }

  /** Does nothing. */
  @Override
  public void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {}

  /** Remembers the value, which has no effect. */
  @Override
  public <T> MuxServerSocket setOption(SocketOption<T> name, T value) throws IOException {
    set(name, value);
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws IOException {
    return get(name);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return options.supported();
  }

  @Override
  public String toString() {
    return "MuxServerSocket[" + session + ", local=" + local + "]";
  }

  private <T> void set(SocketOption<T> option, T value) throws SocketException {
    requireOpen();
    options.set(option, value);
  }

  private <T> T get(SocketOption<T> option) throws SocketException {
    requireOpen();
    return options.get(option);
  }

  private void requireOpen() throws SocketException {
    if (closed) {
      throw new SocketException("Socket is closed");
    }
  }
}
