package io.picomux.tunnel.exit;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/** Finds the addresses of a name, for the exit. Safe for concurrent use. */
@FunctionalInterface
public interface HostResolver {

  /**
   * The addresses of {@code name}, in the order in which to try them. May block the calling thread,
   * which may be a virtual one, for a bounded time.
   *
   * @return at least one address
   * @throws java.net.UnknownHostException when the name has no address
   * @throws java.net.SocketTimeoutException when there was no answer in time
   * @throws IOException when the look-up failed otherwise
   */
  List<InetAddress> resolve(String name) throws IOException;
}
