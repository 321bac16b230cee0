package io.picomux.tunnel.exit;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Says in another way than {@link ExitPolicy} which addresses are public: by what the JDK knows of
 * an address, by the first numbers of the others, and by looking into addresses that carry another
 * one. Stateless.
 */
final class PublicAddresses {
  private PublicAddresses() {}

  static boolean isPublic(byte[] bytes) throws UnknownHostException {
    InetAddress address = InetAddress.getByAddress(bytes);
    if (address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()) {
      return false;
    }
    return bytes.length == 4 ? isPublicIpv4(bytes) : isPublicIpv6(bytes);
  }

  private static boolean isPublicIpv4(byte[] bytes) {
    int first = bytes[0] & 0xFF;
    int second = bytes[1] & 0xFF;
    boolean carrier = first == 100 && second / 64 == 1;
    boolean benchmark = first == 198 && (second == 18 || second == 19);
    boolean assignments = first == 192 && second == 0 && bytes[2] == 0;
    return first != 0 && first < 240 && !carrier && !benchmark && !assignments;
  }

  /** Public IPv6 is 2000::/3 (RFC 4291); Teredo and 6to4 within it carry an IPv4 address. */
  private static boolean isPublicIpv6(byte[] bytes) throws UnknownHostException {
    int first = ((bytes[0] & 0xFF) << 8) | (bytes[1] & 0xFF);
    int second = ((bytes[2] & 0xFF) << 8) | (bytes[3] & 0xFF);
    boolean teredo = first == 0x2001 && second == 0;
    boolean sixToFour = first == 0x2002;
    if (sixToFour) {
      return isPublic(Arrays.copyOfRange(bytes, 2, 6));
    }
    boolean documentation = first == 0x2001 && second == 0xDB8;
    return first >>> 13 == 1 && !teredo && !documentation;
  }
}
