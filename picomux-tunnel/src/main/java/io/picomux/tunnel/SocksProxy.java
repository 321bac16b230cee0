package io.picomux.tunnel;

import io.picomux.MuxStream;
import io.picomux.log.GuardedLogger;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;

/**
 * A SOCKS proxy that opens a stream of a tunnel for each connection: SOCKS5 (RFC 1928) without
 * authentication, SOCKS4 and SOCKS4a. CONNECT to IPv4 addresses, IPv6 addresses and names; names
 * are resolved at the exit.
 *
 * <h2>What the answer means</h2>
 *
 * The protocol has no acknowledgement of an opening, so the proxy answers success as soon as the
 * stream is open, as Geph does. A destination that the exit cannot or will not dial therefore shows
 * as a connection that is reset (or ends without data, when the exit is no Java peer), not as a
 * SOCKS error. A SOCKS error says that the request was faulty (host unreachable, command or address
 * type not supported) or that there is no session (network unreachable).
 *
 * <p>Safe for concurrent use.
 */
public final class SocksProxy implements AutoCloseable {

  /** How long a client may take for the handshake (chosen by judgement). */
  public static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

  private static final System.Logger LOGGER =
      GuardedLogger.of(System.getLogger(SocksProxy.class.getName()));

  /** More than a whole handshake takes (SOCKS5: 257 and 262 bytes; SOCKS4a: 520). */
  private static final int READ_BYTES = 1024;

  private final StreamOpener opener;
  private final Duration handshakeTimeout;
  private final TrafficCounters traffic = new TrafficCounters();
  private final LocalListener listener;

  private SocksProxy(SocketAddress listen, StreamOpener opener, Duration handshakeTimeout)
      throws IOException {
    this.opener = opener;
    this.handshakeTimeout = handshakeTimeout;
    this.listener = LocalListener.listen(listen, "socks", this::serve);
  }

  /**
   * Listens at {@code listen}. Nothing authenticates the clients: whoever reaches the address can
   * use the tunnel.
   *
   * @throws IOException when the address cannot be listened at
   */
  public static SocksProxy listen(SocketAddress listen, StreamOpener opener) throws IOException {
    return listen(listen, opener, HANDSHAKE_TIMEOUT);
  }

  /**
   * As {@link #listen(SocketAddress, StreamOpener)}, with another limit for the handshake.
   *
   * @param handshakeTimeout 1 ms or more, for the handshake as a whole
   */
  public static SocksProxy listen(
      SocketAddress listen, StreamOpener opener, Duration handshakeTimeout) throws IOException {
    if (handshakeTimeout.toMillis() < 1) {
      throw new IllegalArgumentException(
          "handshakeTimeout is " + handshakeTimeout + ", must be 1 ms or more");
    }
    return new SocksProxy(listen, opener, handshakeTimeout);
  }

  /** The address that is listened at, with the port that the system chose for port 0. */
  public InetSocketAddress localAddress() {
    return listener.localAddress();
  }

  /** What has gone through so far. */
  public TrafficCounters.Traffic traffic() {
    return traffic.traffic();
  }

  /** Stops listening and resets every connection. */
  @Override
  public void close() {
    listener.close();
  }

  private void serve(Socket socket) throws IOException {
    OutputStream toClient = socket.getOutputStream();
    SocksHandshake handshake = new SocksHandshake();
    try {
      readRequest(socket, handshake, toClient);
    } catch (IOException e) {
      // Nothing is cut off here that anybody could take for whole.
      LOGGER.log(Level.DEBUG, () -> "a SOCKS client leaves: " + e.getMessage());
      return;
    }
    if (handshake.state() != SocksHandshake.State.DONE) {
      LOGGER.log(Level.DEBUG, () -> "SOCKS client refused: " + handshake.failure());
      return;
    }
    MuxStream stream;
    try {
      stream = opener.open(handshake.destination());
    } catch (IOException e) {
      LOGGER.log(
          Level.DEBUG, () -> "no stream to " + handshake.destination() + ": " + e.getMessage());
      handshake.refuse();
      toClient.write(handshake.takeOutput());
      return;
    }
    try {
      handshake.accept();
      toClient.write(handshake.takeOutput());
    } catch (IOException | RuntimeException | Error e) {
      stream.reset();
      throw e;
    }
    Relay.relay(stream, socket, handshake.rest(), traffic);
  }

  /** Talks with the client until the handshake is DONE or FAILED, and sends what that says. */
  private void readRequest(Socket socket, SocksHandshake handshake, OutputStream toClient)
      throws IOException {
    long deadlineNanos = System.nanoTime() + handshakeTimeout.toNanos();
    InputStream fromClient = socket.getInputStream();
    byte[] buffer = new byte[READ_BYTES];
    while (handshake.state() != SocksHandshake.State.DONE
        && handshake.state() != SocksHandshake.State.FAILED) {
      long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
      if (leftMillis <= 0) {
        throw new SocketTimeoutException("no SOCKS request in time");
      }
      socket.setSoTimeout((int) Math.min(leftMillis, Integer.MAX_VALUE));
      int count = fromClient.read(buffer);
      if (count < 0) {
        throw new EOFException("the client left during the SOCKS handshake");
      }
      handshake.receive(Arrays.copyOf(buffer, count));
      toClient.write(handshake.takeOutput());
    }
    socket.setSoTimeout(0);
  }
}
