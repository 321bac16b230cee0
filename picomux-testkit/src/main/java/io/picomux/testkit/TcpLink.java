package io.picomux.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A poor link between real processes: a relay on loopback that forwards each connection to a target
 * with latency, a rate and slices of random length, and that can stall, cut and reset what it
 * carries. Safe for concurrent use.
 *
 * <pre>{@code
 * try (TcpLink link = TcpLink.to(server.address());
 *     PicoMux mux = PicoMux.connect(link.address())) {
 *   link.setProfile(LinkProfile.CITY);
 *   link.hold(); // nothing arrives any more, in either direction
 *   link.release();
 *   link.cutAfter(100_000); // the connection breaks in the middle of a frame
 * }
 * }</pre>
 *
 * <p>It acknowledges bytes at the speed of loopback, so it is made for behaviour, not for figures.
 */
public final class TcpLink implements AutoCloseable {
  /** No noticeable latency or rate: 1 TB/s, 256 KiB of buffer, slices up to 64 KiB. */
  private static final LinkProfile CLEAR =
      new LinkProfile(0, 1_000_000_000_000L, 256 << 10, 64 << 10);

  /** How long the target may take to accept a connection; chosen by judgement. */
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

  private final InetSocketAddress target;
  private final ServerSocket listener;
  private final Random random;
  private final Set<TcpLinkConnection> connections = ConcurrentHashMap.newKeySet();
  private volatile LinkProfile profile = CLEAR;
  private volatile boolean held;

  private TcpLink(InetSocketAddress target, long seed) throws IOException {
    this.target = target;
    this.random = new Random(seed);
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  /** Begins to forward connections to a target; slices are cut by chance from seed 0. */
  public static TcpLink to(InetSocketAddress target) throws IOException {
    return to(target, 0);
  }

  /**
   * Begins to forward connections to a target.
   *
   * @param seed where the lengths of slices come from
   */
  public static TcpLink to(InetSocketAddress target, long seed) throws IOException {
    TcpLink link = new TcpLink(target, seed);
    Thread.ofVirtual().name("tcp-link-acceptor").start(link::accept);
    return link;
  }

  /** Returns where to connect instead of to the target. */
  public InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  /**
   * Sets how both directions treat the bytes that come from now on; at first nothing holds them.
   */
  public void setProfile(LinkProfile newProfile) {
    profile = newProfile;
  }

  /** Stalls the link: bytes stay in it, up to its buffer, and ends and resets too. */
  public void hold() {
    held = true;
  }

  /** Ends a stall: what was held goes on. */
  public void release() {
    held = false;
    connections.forEach(TcpLinkConnection::wake);
  }

  /**
   * Lets each connection that there is break once it has carried so many further bytes, counted
   * over both directions: both ends see a reset in the middle of whatever that byte belongs to.
   *
   * @param bytes 0 or more
   */
  public void cutAfter(long bytes) {
    connections.forEach(connection -> connection.cutAfter(bytes));
  }

  /** Breaks every connection now: both ends see a reset, and what was on its way is lost. */
  public void reset() {
    connections.forEach(TcpLinkConnection::reset);
  }

  /** Returns how many connections the link carries now. */
  public int connections() {
    return connections.size();
  }

  /** Breaks every connection and stops listening. */
  @Override
  public void close() throws IOException {
    listener.close();
    reset();
  }

  LinkProfile profile() {
    return profile;
  }

  boolean isHeld() {
    return held;
  }

  /** Returns the length of the next slice, 1 to the profile's longest. */
  int nextSliceBytes() {
    synchronized (random) {
      return 1 + random.nextInt(profile.longestSliceBytes());
    }
  }

  void forget(TcpLinkConnection connection) {
    connections.remove(connection);
  }

  private void accept() {
    while (!listener.isClosed()) {
      Socket near;
      try {
        near = listener.accept();
      } catch (IOException e) {
        return;
      }
      Thread.ofVirtual().name("tcp-link-connect").start(() -> forward(near));
    }
  }

  private void forward(Socket near) {
    Socket far = new Socket();
    TcpLinkConnection connection = new TcpLinkConnection(this, near, far);
    connections.add(connection);
    try {
      far.connect(target, CONNECT_TIMEOUT_MILLIS);
      for (Socket socket : List.of(near, far)) {
        socket.setTcpNoDelay(true);
      }
      connection.start();
    } catch (IOException e) {
      connection.reset();
    }
    if (listener.isClosed()) {
      connection.reset();
    }
  }
}
