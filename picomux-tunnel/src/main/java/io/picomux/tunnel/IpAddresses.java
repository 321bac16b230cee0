package io.picomux.tunnel;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Strict reading of IP addresses in text, without a look-up of names. */
final class IpAddresses {

  private static final int IPV4_BYTES = 4;
  private static final int IPV6_BYTES = 16;

  private IpAddresses() {}

  /**
   * The four bytes of a dotted quad such as {@code 192.0.2.7}; null when {@code text} is none.
   * Short forms, hexadecimal, octal and leading zeros, which some resolvers take for addresses, are
   * none.
   */
  static byte @Nullable [] parseIpv4(String text) {
    byte[] address = new byte[IPV4_BYTES];
    int at = 0;
    for (int i = 0; i < IPV4_BYTES; i++) {
      if (i > 0) {
        if (at >= text.length() || text.charAt(at) != '.') {
          return null;
        }
        at++;
      }
      int start = at;
      int value = 0;
      while (at < text.length() && at - start < 3 && isDigit(text.charAt(at))) {
        value = value * 10 + (text.charAt(at) - '0');
        at++;
      }
      int digits = at - start;
      if (digits == 0 || value > 255 || (digits > 1 && text.charAt(start) == '0')) {
        return null;
      }
      address[i] = (byte) value;
    }
    return at == text.length() ? address : null;
  }

  /**
   * The sixteen bytes of an IPv6 address without brackets and zone; null when {@code text} is none.
   * An IPv4-mapped address keeps its sixteen bytes, unlike in {@link InetAddress}.
   */
  static byte @Nullable [] parseIpv6(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.digit(c, 16) < 0 && c != ':' && c != '.') {
        return null;
      }
    }
    if (text.indexOf(':') < 0) {
      return null;
    }
    InetAddress address;
    try {
      // In brackets the JDK takes nothing but a literal, so no name is looked up.
      address = InetAddress.getByName("[" + text + "]");
    } catch (UnknownHostException e) {
      return null;
    }
    byte[] bytes = address.getAddress();
    if (address instanceof Inet4Address) {
      byte[] mapped = new byte[IPV6_BYTES];
      mapped[10] = (byte) 0xff;
      mapped[11] = (byte) 0xff;
      System.arraycopy(bytes, 0, mapped, IPV6_BYTES - IPV4_BYTES, IPV4_BYTES);
      return mapped;
    }
    return bytes;
  }

  /**
   * Whether a resolver may take {@code host} for an IPv4 address in whatever notation: its last
   * label is a number, as in the URL standard's "ends in a number".
   */
  static boolean endsInNumber(String host) {
    String text = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    String last = text.substring(text.lastIndexOf('.') + 1);
    if (last.isEmpty()) {
      return false;
    }
    if (last.startsWith("0x") || last.startsWith("0X")) {
      return last.substring(2).chars().allMatch(c -> Character.digit(c, 16) >= 0);
    }
    return last.chars().allMatch(c -> isDigit((char) c));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
