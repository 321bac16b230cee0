package io.picomux.socket;

import io.picomux.MuxException;
import io.picomux.MuxStream;
import io.picomux.PicoMux;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A socket that is one stream of a session.
 *
 * <p>Safe for concurrent use; meant for one reader and one writer at a time. Its calls throw what
 * those of a TCP socket throw: {@link java.net.SocketTimeoutException} after {@link #setSoTimeout},
 * which loses no byte and leaves the socket usable, and {@link SocketException} when it is closed
 * or fails, then with the {@link io.picomux.StreamException} or {@link io.picomux.SessionException}
 * as cause. An interrupt ends a wait with {@link java.io.InterruptedIOException}, sets the flag
 * again, and leaves the socket usable.
 *
 * <p>What differs from TCP:
 *
 * <ul>
 *   <li>Connecting waits for no answer: a peer that does not want the stream ends it, which shows
 *       when reading.
 *   <li>The remote address is the one that was connected to, which nobody here has dialled; of an
 *       accepted stream it is the address of the session's peer. Where none is known, addresses are
 *       0.0.0.0 and ports 0, never null while connected. A name that was not resolved shows as
 *       {@code name/0.0.0.0}.
 *   <li>Socket options are accepted and remembered and have no effect, but for {@code SO_TIMEOUT},
 *       and for {@code SO_LINGER} of 0, with which {@link #close} drops what was not sent yet.
 *   <li>Urgent data is not supported.
 * </ul>
 */
public final class MuxSocket extends OptionSocket {
  private final SessionSource session;
  private final Function<? super InetSocketAddress, byte[]> metadata;
  private final ReentrantLock lock = new ReentrantLock();

  // Written under the lock.
  private volatile @Nullable MuxStream stream;
  private volatile @Nullable InetSocketAddress remote;
  private volatile @Nullable InetSocketAddress local;
  private volatile boolean closed;
  private volatile boolean inputShutdown;
  private volatile boolean outputShutdown;

  // Guarded by the lock.
  private boolean connecting;
  private @Nullable CompletableFuture<MuxStream> opening;
  private int timeoutMillis;

  /**
   * Creates a socket that opens its stream when it is connected, with {@link
   * MuxSocketFactory#hostAndPort} as metadata.
   *
   * @throws SocketException never; the constructor of {@link java.net.Socket} declares it
   */
  public MuxSocket(PicoMux session) throws SocketException {
    this(session, MuxSocketFactory::hostAndPort);
  }

  /**
   * Creates a socket that opens its stream when it is connected.
   *
   * @param metadata makes the metadata of the stream from the address, at most 65,535 bytes
   * @throws SocketException never; the constructor of {@link java.net.Socket} declares it
   */
  public MuxSocket(PicoMux session, Function<? super InetSocketAddress, byte[]> metadata)
      throws SocketException {
    this(() -> session, metadata);
    Objects.requireNonNull(session, "session");
  }

  /**
   * Creates a socket that is connected: it is the stream, which becomes the socket's.
   *
   * @throws SocketException never; the constructor of {@link java.net.Socket} declares it
   */
  public MuxSocket(MuxStream stream) throws SocketException {
    this(stream, Addresses.unknown());
  }

  MuxSocket(MuxStream stream, InetSocketAddress local) throws SocketException {
    this(stream::session, MuxSocketFactory::hostAndPort);
    this.stream = stream;
    this.remote = Addresses.ofPeer(stream);
    this.local = local;
  }

  MuxSocket(SessionSource session, Function<? super InetSocketAddress, byte[]> metadata)
      throws SocketException {
    this.session = session;
    this.metadata = Objects.requireNonNull(metadata, "metadata");
  }

  /**
   * Returns the stream, which knows its metadata and figures.
   *
   * @throws IllegalStateException when the socket was never connected
   */
  public MuxStream stream() {
    MuxStream connected = stream;
    if (connected == null) {
      throw new IllegalStateException("Socket is not connected");
    }
    return connected;
  }

  /** Opens the stream, see {@link #connect(SocketAddress, int)}; waits as long as it takes. */
  @Override
  public void connect(@Nullable SocketAddress endpoint) throws IOException {
    connect(endpoint, 0);
  }

  /**
   * Opens the stream, with metadata made from the address. Waits only while too much is queued in
   * the session, not for the peer. The socket is closed when this fails.
   *
   * @param endpoint an {@link InetSocketAddress}; a name need not be resolved
   * @param timeout in milliseconds, 0 for as long as it takes
   * @throws java.net.SocketTimeoutException after the timeout
   * @throws ConnectException when there is no session, or it is over
   * @throws SocketException when the socket is closed, also while waiting, or connected
   * @throws IllegalArgumentException when the timeout is negative, the address of another type, or
   *     the metadata too long
   */
  @Override
  public void connect(@Nullable SocketAddress endpoint, int timeout) throws IOException {
    requireNotNegative(timeout);
    if (!(endpoint instanceof InetSocketAddress address)) {
      throw new IllegalArgumentException("Unsupported address: " + endpoint);
    }
    beginConnect();
    try {
      PicoMux found = session.get();
      CompletableFuture<MuxStream> future = found.openAsync(metadata.apply(address));
      awaitOpening(future);
      connected(StreamWait.await(future, found, timeout, "connect"), address);
    } catch (MuxException e) {
      close();
      ConnectException failure = new ConnectException(e.getMessage());
      failure.initCause(e);
      throw failure;
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void beginConnect() throws SocketException {
    lock.lock();
    try {
      requireOpen();
      if (connecting || stream != null) {
        throw new SocketException("already connected");
      }
      connecting = true;
    } finally {
      lock.unlock();
    }
  }

  private void awaitOpening(CompletableFuture<MuxStream> future) {
    lock.lock();
    try {
      opening = future;
      if (closed) {
        future.cancel(false);
      }
    } finally {
      lock.unlock();
    }
  }

  private void connected(MuxStream opened, InetSocketAddress address) throws SocketException {
    lock.lock();
    try {
      opening = null;
      if (!closed) {
        opened.setReadTimeout(Duration.ofMillis(timeoutMillis));
        stream = opened;
        remote = address;
        if (local == null) {
          local = Addresses.unknown();
        }
        return;
      }
    } finally {
      lock.unlock();
    }
    opened.reset();
    throw new SocketException("Socket closed");
  }

  /**
   * Remembers the local address, which has no effect.
   *
   * @param bindpoint null for the wildcard address and port 0
   */
  @Override
  public void bind(@Nullable SocketAddress bindpoint) throws IOException {
    InetSocketAddress address = Addresses.requireLocal(bindpoint);
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

  /**
   * Closes the stream and wakes whoever waits in a call of this socket with a {@link
   * SocketException}. Never blocks: what was written goes on in the background, see {@link
   * MuxStream#close}, unless {@code SO_LINGER} is 0, which drops it, see {@link MuxStream#reset}.
   */
  @Override
  public void close() {
    MuxStream closing;
    CompletableFuture<MuxStream> giveUp;
    lock.lock();
    try {
      closed = true;
      closing = stream;
      giveUp = opening;
    } finally {
      lock.unlock();
    }
    if (giveUp != null) {
      giveUp.cancel(false);
    }
    if (closing != null) {
      if (isLingerZero()) {
        closing.reset();
      } else {
        closing.close();
      }
    }
  }

  /**
   * Returns what comes from the peer. Closing it closes the socket.
   *
   * @throws SocketException when the socket is closed, not connected, or its input shut down
   */
  @Override
  public InputStream getInputStream() throws IOException {
    MuxStream connected = requireConnected();
    if (inputShutdown) {
      throw new SocketException("Socket input is shutdown");
    }
    return new SocketInput(this, connected);
  }

  /**
   * Returns what goes to the peer; nothing is held back in it. Closing it closes the socket.
   *
   * @throws SocketException when the socket is closed, not connected, or its output shut down
   */
  @Override
  public OutputStream getOutputStream() throws IOException {
    MuxStream connected = requireConnected();
    if (outputShutdown) {
      throw new SocketException("Socket output is shutdown");
    }
    return new SocketOutput(this, connected);
  }

  /** Discards what comes; reads find the end. */
  @Override
  public void shutdownInput() throws IOException {
    MuxStream connected = requireConnected();
    lock.lock();
    try {
      if (inputShutdown) {
        throw new SocketException("Socket input is already shutdown");
      }
      inputShutdown = true;
    } finally {
      lock.unlock();
    }
    connected.shutdownInput();
  }

  /** Ends our direction after what was written, see {@link MuxStream#shutdownOutput}. */
  @Override
  public void shutdownOutput() throws IOException {
    MuxStream connected = requireConnected();
    lock.lock();
    try {
      if (outputShutdown) {
        throw new SocketException("Socket output is already shutdown");
      }
      outputShutdown = true;
    } finally {
      lock.unlock();
    }
    connected.shutdownOutput();
  }

  /** Returns the address part of {@link #getRemoteSocketAddress}, or null when not connected. */
  @Override
  public @Nullable InetAddress getInetAddress() {
    InetSocketAddress peer = remote;
    return peer == null ? null : Addresses.inetAddress(peer);
  }

  /** Returns the nominal local address: 0.0.0.0 unless bound, and after closing. */
  @Override
  public InetAddress getLocalAddress() {
    InetSocketAddress bound = local;
    return Addresses.inetAddress(bound == null || closed ? Addresses.unknown() : bound);
  }

  /** Returns the port of {@link #getRemoteSocketAddress}, or 0 when not connected. */
  @Override
  public int getPort() {
    InetSocketAddress peer = remote;
    return peer == null ? 0 : peer.getPort();
  }

  /** Returns the nominal local port, or -1 when neither bound nor connected. */
  @Override
  public int getLocalPort() {
    InetSocketAddress bound = local;
    return bound == null ? -1 : bound.getPort();
  }

  /**
   * Returns the address that was connected to, or of an accepted stream the address of the
   * session's peer; null when not connected.
   */
  @Override
  public @Nullable SocketAddress getRemoteSocketAddress() {
    return remote;
  }

  /** Returns the nominal local address, or null when neither bound nor connected. */
  @Override
  public @Nullable SocketAddress getLocalSocketAddress() {
    InetSocketAddress bound = local;
    return bound != null && closed ? new InetSocketAddress(bound.getPort()) : bound;
  }

  /** Returns null: there is no channel. */
  @Override
  public @Nullable SocketChannel getChannel() {
    return null;
  }

  @Override
  public boolean isConnected() {
    return stream != null;
  }

  @Override
  public boolean isBound() {
    return local != null;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public boolean isInputShutdown() {
    return inputShutdown;
  }

  @Override
  public boolean isOutputShutdown() {
    return outputShutdown;
  }

  /**
   * Sets how long a read may wait for its first byte.
   *
   * @param timeout in milliseconds, 0 for as long as it takes
   */
  @Override
  public void setSoTimeout(int timeout) throws SocketException {
    requireNotNegative(timeout);
    lock.lock();
    try {
      requireOpen();
      timeoutMillis = timeout;
      MuxStream connected = stream;
      if (connected != null) {
        connected.setReadTimeout(Duration.ofMillis(timeout));
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int getSoTimeout() throws SocketException {
    lock.lock();
    try {
      requireOpen();
      return timeoutMillis;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    MuxStream connected = stream;
    return connected == null
        ? "MuxSocket[unconnected]"
        : "MuxSocket[" + connected + ", remote=" + remote + "]";
  }

  /** Returns what a call on the stream throws when it has failed with an exception of ours. */
  SocketException failure(MuxException cause) {
    return new SocketException(closed ? "Socket closed" : cause.getMessage(), cause);
  }

  private MuxStream requireConnected() throws SocketException {
    requireOpen();
    MuxStream connected = stream;
    if (connected == null) {
      throw new SocketException("Socket is not connected");
    }
    return connected;
  }

  private static void requireNotNegative(int timeoutMillis) {
    if (timeoutMillis < 0) {
      throw new IllegalArgumentException(
          "timeout is " + timeoutMillis + " ms, must not be negative");
    }
  }
}
