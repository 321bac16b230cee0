package io.picomux.tunnel.exit;

import io.picomux.tunnel.Destination;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an exit may dial: the public Internet, and what its operator allows besides.
 *
 * <p>A peer names the destination, so an exit without a policy would open every network that its
 * machine can reach: the services on its loopback, its office, the metadata service of its cloud. A
 * policy therefore denies every address that is not globally reachable, the machine's own
 * addresses, and port 25, whose traffic would be unwanted mail in the machine's name.
 *
 * <p>A name is resolved once, each of its addresses is checked, and what comes back is what was
 * checked: dial these addresses, never the name again, or a name server could answer differently
 * the second time. One denied address refuses the destination as a whole.
 *
 * <p>Immutable; safe for concurrent use.
 */
public final class ExitPolicy {

  private static final int SMTP_PORT = 25;

  /**
   * Blocks that are not globally reachable (IANA's registries of special-purpose addresses, RFC
   * 6890), and those that carry another address inside, which a router on the way would unwrap.
   */
  private static final List<AddressBlock> DENIED =
      Stream.of(
              "0.0.0.0/8", // this network
              "10.0.0.0/8", // private
              "100.64.0.0/10", // carriers' shared addresses
              "127.0.0.0/8", // loopback
              "169.254.0.0/16", // link-local; 169.254.169.254 is the metadata service of clouds
              "172.16.0.0/12", // private
              "192.0.0.0/24", // protocol assignments
              "192.0.2.0/24", // documentation
              "192.88.99.0/24", // 6to4 relays
              "192.168.0.0/16", // private
              "198.18.0.0/15", // benchmarks
              "198.51.100.0/24", // documentation
              "203.0.113.0/24", // documentation
              "224.0.0.0/4", // multicast
              "240.0.0.0/4", // reserved, broadcast
              "::/96", // unspecified, loopback, IPv4-compatible
              "::ffff:0:0/96", // IPv4-mapped
              "64:ff9b::/96", // NAT64
              "64:ff9b:1::/48", // NAT64 of local use
              "100::/64", // discard
              "2001::/23", // protocol assignments, Teredo among them
              "2001:db8::/32", // documentation
              "2002::/16", // 6to4
              "3fff::/20", // documentation
              "5f00::/16", // segment routing
              "fc00::/7", // unique local
              "fe80::/10", // link-local
              "fec0::/10", // site-local
              "ff00::/8", // multicast
              "::/3", // the rest outside of 2000::/3, which is all that was ever made public
              "4000::/2", // (RFC 4291, 2.4): translated IPv4, networks of private overlays
              "8000::/1")
          .map(AddressBlock::parse)
          .toList();

  private final List<AllowRule> rules;

  private ExitPolicy(List<AllowRule> rules) {
    this.rules = List.copyOf(rules);
  }

  /** The policy that allows nothing but the public Internet. */
  public static ExitPolicy publicInternet() {
    return new ExitPolicy(List.of());
  }

  /** This policy with {@code more} rules: what any of them allows is allowed. */
  public ExitPolicy allowing(List<AllowRule> more) {
    return new ExitPolicy(Stream.concat(rules.stream(), more.stream()).toList());
  }

  /** The rules beyond the public Internet, in the order in which they were added. */
  public List<AllowRule> rules() {
    return rules;
  }

  /**
   * The addresses of {@code destination}, all of them checked.
   *
   * @param resolver asked at most once, and only for a name
   * @return at least one address, in the order in which to dial them
   * @throws RefusedException when the destination is denied or cannot be resolved
   */
  public List<InetAddress> check(Destination destination, HostResolver resolver)
      throws RefusedException {
    boolean nameAllowed = rules.stream().anyMatch(rule -> rule.allowsName(destination));
    byte[] literal = destination.addressBytes().orElse(null);
    List<InetAddress> addresses = literal == null ? resolve(destination, resolver) : List.of();
    if (nameAllowed) {
      return addresses;
    }
    if (literal != null) {
      checkAddress(literal, destination);
      return List.of(destination.address().orElseThrow());
    }
    for (InetAddress address : addresses) {
      checkAddress(address.getAddress(), destination);
    }
    return addresses;
  }

  /** Whether no rule without a port opens {@code port}. */
  static boolean isDeniedPort(int port) {
    return port == SMTP_PORT;
  }

  private static List<InetAddress> resolve(Destination destination, HostResolver resolver)
      throws RefusedException {
    try {
      List<InetAddress> addresses = resolver.resolve(destination.host());
      if (addresses.isEmpty()) {
        throw new RefusedException(Refusal.UNKNOWN_HOST, destination.host() + " has no address");
      }
      return List.copyOf(addresses);
    } catch (SocketTimeoutException e) {
      throw new RefusedException(
          Refusal.RESOLVER_TIMEOUT, "no answer in time for " + destination.host(), e);
    } catch (RefusedException e) {
      throw e;
    } catch (IOException e) {
      throw new RefusedException(Refusal.UNKNOWN_HOST, destination.host() + " has no address", e);
    }
  }

  private void checkAddress(byte[] address, Destination destination) throws RefusedException {
    for (AllowRule rule : rules) {
      if (rule.allowsAddress(address, destination.port())) {
        return;
      }
    }
    if (isDeniedPort(destination.port())) {
      throw new RefusedException(
          Refusal.DENIED_PORT,
          destination + " is denied: port " + destination.port() + " is for mail servers");
    }
    String why = whyDenied(address);
    if (why != null) {
      throw new RefusedException(
          Refusal.DENIED_ADDRESS,
          destination + " is denied: " + AddressBlock.of(address).address() + " is " + why);
    }
  }

  private static @Nullable String whyDenied(byte[] address) {
    for (AddressBlock block : DENIED) {
      if (block.contains(address)) {
        return "in " + block;
      }
    }
    return isOwn(address) ? "an address of this machine" : null;
  }

  private static boolean isOwn(byte[] address) {
    try {
      return NetworkInterface.getByInetAddress(InetAddress.getByAddress(address)) != null;
    } catch (SocketException | java.net.UnknownHostException e) {
      // Interfaces that cannot be listed could hold the address.
      return true;
    }
  }
}
