package io.picomux.benchmarks.peer;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The address at which a server listens and a client finds it. Picocli sets it. */
final class HostOption {

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Address of the server; default loopback.")
  private @Nullable String host;

  /** Made by picocli. */
  HostOption() {}

  /**
   * Returns the address with a port.
   *
   * @throws IllegalArgumentException when the host has no address; the message names it
   */
  InetSocketAddress address(int port) {
    if (host == null) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("--host is '" + host + "', which has no address", e);
    }
  }
}
