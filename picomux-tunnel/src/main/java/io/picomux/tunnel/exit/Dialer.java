package io.picomux.tunnel.exit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Connects to destinations for one session, and gives up all attempts when that is over. Safe for
 * concurrent use.
 */
final class Dialer implements AutoCloseable {

  private final long timeoutNanos;
  private final Set<Socket> dialling = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** A dialer that takes {@code timeout}, more than 0, for all addresses of a destination. */
  Dialer(Duration timeout) {
    this.timeoutNanos = timeout.toNanos();
  }

  /**
   * Connects to the first of {@code addresses} that answers, trying one after the other; each gets
   * an even share of the time that is left.
   *
   * @param destination names the destination in the error
   * @throws RefusedException when none answers
   */
  Socket dial(String destination, List<InetAddress> addresses, int port) throws RefusedException {
    long deadlineNanos = System.nanoTime() + timeoutNanos;
    IOException failure = new SocketTimeoutException("no time left");
    boolean anyRefused = false;
    for (int i = 0; i < addresses.size(); i++) {
      long leftNanos = deadlineNanos - System.nanoTime();
      if (leftNanos <= 0) {
        break;
      }
      int shareMillis = (int) Math.max(1, leftNanos / (addresses.size() - i) / 1_000_000);
      try {
        return connect(new InetSocketAddress(addresses.get(i), port), shareMillis);
      } catch (SocketTimeoutException e) {
        failure = e;
      } catch (IOException e) {
        failure = e;
        anyRefused = true;
      }
      if (closed) {
        throw new RefusedException(Refusal.CLOSING, destination + ": the session is over", failure);
      }
    }
    if (anyRefused) {
      throw new RefusedException(
          Refusal.CONNECT_FAILED, destination + ": " + failure.getMessage(), failure);
    }
    throw new RefusedException(
        Refusal.CONNECT_TIMEOUT,
        destination + ": no answer within " + timeoutNanos / 1_000_000 + " ms",
        failure);
  }

  /** Ends every attempt in progress; later ones fail at once. */
  @Override
  public void close() {
    closed = true;
    dialling.forEach(Dialer::closeQuietly);
  }

  private Socket connect(InetSocketAddress address, int timeoutMillis) throws IOException {
    Socket socket = new Socket();
    dialling.add(socket);
    try {
      if (closed) {
        throw new IOException("the session is over");
      }
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true);
      socket.connect(address, timeoutMillis);
      return socket;
    } catch (IOException | RuntimeException | Error e) {
      closeQuietly(socket);
      throw e;
    } finally {
      dialling.remove(socket);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // A socket without a connection has nothing to lose.
      return;
    }
  }
}
