package io.picomux.socket;

import io.picomux.MuxStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** The addresses that sockets show, which many libraries want to be there. */
final class Addresses {
  private static final byte[] ANY_IPV4 = new byte[4];

  private Addresses() {}

  /** Returns the wildcard address and port 0: an address that is not known. */
  static InetSocketAddress unknown() {
    return new InetSocketAddress(0);
  }

  /** Returns the address of the peer of a stream's session, or an unknown one. */
  static InetSocketAddress ofPeer(MuxStream stream) {
    return stream.remoteAddress() instanceof InetSocketAddress peer ? peer : unknown();
  }

  /** Returns the address part; one that is not resolved keeps its name and is 0.0.0.0. */
  static InetAddress inetAddress(InetSocketAddress address) {
    InetAddress resolved = address.getAddress();
    if (resolved != null) {
      return resolved;
    }
    try {
      return InetAddress.getByAddress(address.getHostString(), ANY_IPV4);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Checks an address to bind to.
   *
   * @param endpoint null for the wildcard address and port 0
   */
  static InetSocketAddress requireLocal(@Nullable SocketAddress endpoint) throws SocketException {
    if (endpoint == null) {
      return unknown();
    }
    if (!(endpoint instanceof InetSocketAddress address)) {
      throw new IllegalArgumentException("Unsupported address type: " + endpoint.getClass());
    }
    if (address.isUnresolved()) {
      throw new SocketException("Unresolved address: " + address);
    }
    return address;
  }
}
