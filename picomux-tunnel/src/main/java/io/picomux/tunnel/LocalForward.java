package io.picomux.tunnel;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * Forwards each TCP connection to a local address through a tunnel, to one destination. Safe for
 * concurrent use.
 */
public final class LocalForward implements AutoCloseable {

  private static final byte[] NOTHING = {};

  private final TrafficCounters traffic = new TrafficCounters();
  private final LocalListener listener;

  private LocalForward(SocketAddress listen, Destination to, StreamOpener opener)
      throws IOException {
    this.listener =
        LocalListener.listen(
            listen, "forward", socket -> Relay.relay(opener.open(to), socket, NOTHING, traffic));
  }

  /**
   * Listens at {@code listen}; whoever connects there speaks to {@code to}.
   *
   * @throws IOException when the address cannot be listened at
   */
  public static LocalForward listen(SocketAddress listen, Destination to, StreamOpener opener)
      throws IOException {
    return new LocalForward(listen, to, opener);
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
}
