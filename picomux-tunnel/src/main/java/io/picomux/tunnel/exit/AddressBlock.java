package io.picomux.tunnel.exit;

import io.picomux.tunnel.Destination;
import io.picomux.tunnel.Printable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * A block of IP addresses that share their first bits, as {@code 10.0.0.0/8} in CIDR notation.
 *
 * <p>Blocks of IPv4 and of IPv6 are disjoint: {@code ::/0} holds no IPv4 address. Immutable.
 */
public final class AddressBlock {

  private final byte[] prefix;
  private final int prefixBits;

  private AddressBlock(byte[] prefix, int prefixBits) {
    this.prefix = prefix;
    this.prefixBits = prefixBits;
  }

  /**
   * Reads {@code address/bits} or {@code address}, which is the block of that one address. IPv6
   * addresses stand without brackets.
   *
   * @throws IllegalArgumentException when {@code text} is anything else, or when the address has
   *     bits beyond the prefix; the message says which and is safe to print
   */
  public static AddressBlock parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    byte[] bytes = literal(address);
    int addressBits = bytes.length * Byte.SIZE;
    if (slash < 0) {
      return new AddressBlock(bytes, addressBits);
    }
    String bitsText = text.substring(slash + 1);
    boolean digits =
        !bitsText.isEmpty()
            && bitsText.length() <= 3
            && bitsText.chars().allMatch(c -> c >= '0' && c <= '9');
    int bits = digits ? Integer.parseInt(bitsText) : -1;
    if (bits < 0 || bits > addressBits) {
      throw new IllegalArgumentException(
          "prefix length is '"
              + Printable.escape(bitsText, 20)
              + "', must be 0 to "
              + addressBits
              + " for "
              + address);
    }
    AddressBlock block = new AddressBlock(bytes, bits);
    byte[] network = block.network();
    if (!Arrays.equals(network, bytes)) {
      throw new IllegalArgumentException(
          text + " has bits beyond its prefix; write " + show(network) + "/" + bits);
    }
    return block;
  }

  /** The block of the one address {@code bytes}, 4 or 16 of them. */
  static AddressBlock of(byte[] bytes) {
    return new AddressBlock(bytes.clone(), bytes.length * Byte.SIZE);
  }

  /**
   * Whether the block holds an address.
   *
   * @param address 4 or 16 bytes; an IPv4-mapped address in 16 bytes counts as IPv6
   */
  public boolean contains(byte[] address) {
    if (address.length != prefix.length) {
      return false;
    }
    int wholeBytes = prefixBits / Byte.SIZE;
    int restBits = prefixBits % Byte.SIZE;
    if (!Arrays.equals(prefix, 0, wholeBytes, address, 0, wholeBytes)) {
      return false;
    }
    int restMask = (0xff << (Byte.SIZE - restBits)) & 0xff;
    return restBits == 0 || ((prefix[wholeBytes] ^ address[wholeBytes]) & restMask) == 0;
  }

  /** The first address of the block, as text. */
  String address() {
    return show(prefix);
  }

  /** The block in CIDR notation. */
  @Override
  public String toString() {
    return address() + "/" + prefixBits;
  }

  private byte[] network() {
    byte[] network = prefix.clone();
    for (int bit = prefixBits; bit < network.length * Byte.SIZE; bit++) {
      network[bit / Byte.SIZE] &= (byte) ~(0x80 >> (bit % Byte.SIZE));
    }
    return network;
  }

  private static byte[] literal(String text) {
    String host = text.indexOf(':') >= 0 ? "[" + text + "]" : text;
    byte[] bytes;
    try {
      // The strict reading of addresses has one home.
      bytes = Destination.parse(host + ":1").addressBytes().orElse(null);
    } catch (IllegalArgumentException e) {
      bytes = null;
    }
    if (bytes == null) {
      throw new IllegalArgumentException(
          "'"
              + Printable.escape(text, 80)
              + "' is no IP address; a block is ADDRESS or ADDRESS/BITS");
    }
    return bytes;
  }

  private static String show(byte[] address) {
    try {
      String text = InetAddress.getByAddress(address).getHostAddress();
      // The JDK shows an IPv4-mapped address as the IPv4 address in it.
      return address.length == 16 && text.indexOf(':') < 0 ? "::ffff:" + text : text;
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }
}
