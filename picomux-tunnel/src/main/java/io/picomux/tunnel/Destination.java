package io.picomux.tunnel;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a tunnelled stream shall lead: a host and a port.
 *
 * <p>On the wire it is the metadata of the stream, the UTF-8 text {@code host:port} or {@code
 * [ipv6]:port}: the convention of Geph and other programs that proxy over picomux. Reading it is
 * strict: what two programs could understand differently is refused. Immutable.
 *
 * @param host a name of letters, digits, {@code -}, {@code _} and {@code .}, in lower case; a
 *     dotted quad; or an IPv6 address without brackets and zone. 1 to 255 characters
 * @param port 1 to 65,535
 */
public record Destination(String host, int port) {

  /** The longest text that is read as a destination, in bytes of UTF-8 (chosen by judgement). */
  public static final int MAX_METADATA_BYTES = 512;

  /** The longest host, in characters (RFC 1035 allows 255 for a name, SOCKS5 one length byte). */
  public static final int MAX_HOST_CHARACTERS = 255;

  private static final int MAX_PORT = 65_535;

  /** The longest label of a name (RFC 1035, 2.3.4). */
  private static final int MAX_LABEL_CHARACTERS = 63;

  private static final int SHOWN_CHARACTERS = 80;

  /**
   * A destination of its parts.
   *
   * @throws IllegalArgumentException when {@code host} or {@code port} is outside the ranges above
   */
  public Destination {
    host = checkedHost(host);
    if (port < 1 || port > MAX_PORT) {
      throw new IllegalArgumentException("port is " + port + ", must be 1 to " + MAX_PORT);
    }
  }

  /**
   * Reads {@code host:port} or {@code [ipv6]:port}.
   *
   * @throws IllegalArgumentException when {@code text} is anything else; the message names the part
   *     at fault and is safe to print
   */
  public static Destination parse(String text) {
    if (text.getBytes(UTF_8).length > MAX_METADATA_BYTES) {
      throw new IllegalArgumentException(
          "destination is longer than " + MAX_METADATA_BYTES + " bytes");
    }
    int colon = text.lastIndexOf(':');
    if (colon < 0 || text.endsWith("]")) {
      throw new IllegalArgumentException(
          "'" + shown(text) + "' has no port; write host:port or [ipv6]:port");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]") && host.length() > 2) {
      host = host.substring(1, host.length() - 1);
      if (IpAddresses.parseIpv6(host) == null) {
        throw new IllegalArgumentException(
            "'" + shown(host) + "' is no IPv6 address; only those stand in brackets");
      }
    } else if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "'" + shown(text) + "' is ambiguous; write an IPv6 address in brackets: [ipv6]:port");
    }
    return new Destination(host, parsePort(text.substring(colon + 1)));
  }

  /**
   * Reads the metadata of a stream.
   *
   * @throws IllegalArgumentException as {@link #parse}, and when the bytes are not UTF-8
   */
  public static Destination fromMetadata(byte[] metadata) {
    if (metadata.length > MAX_METADATA_BYTES) {
      throw new IllegalArgumentException(
          "metadata is " + metadata.length + " bytes long, at most " + MAX_METADATA_BYTES);
    }
    String text;
    try {
      text = UTF_8.newDecoder().decode(ByteBuffer.wrap(metadata)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("metadata is not UTF-8", e);
    }
    return parse(text);
  }

  /** The metadata of a stream that shall lead here. */
  public byte[] toMetadata() {
    return toString().getBytes(UTF_8);
  }

  /**
   * The bytes of the host when it is an address: 4 for IPv4, 16 for IPv6 (an IPv4-mapped address
   * too); empty when it is a name.
   */
  public Optional<byte[]> addressBytes() {
    return Optional.ofNullable(
        host.indexOf(':') >= 0 ? IpAddresses.parseIpv6(host) : IpAddresses.parseIpv4(host));
  }

  /**
   * The address of the host when it is one, without a look-up; empty when it is a name. For an
   * IPv4-mapped address this is the IPv4 address in it.
   */
  public Optional<InetAddress> address() {
    return addressBytes()
        .map(bytes -> {
          try {
            return InetAddress.getByAddress(bytes);
          } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
          }
        });
  }

  /** The text that {@link #parse} reads. */
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  private static String checkedHost(String host) {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("the host is missing; write host:port");
    }
    if (host.length() > MAX_HOST_CHARACTERS) {
      throw new IllegalArgumentException(
          "host is " + host.length() + " characters long, at most " + MAX_HOST_CHARACTERS);
    }
    if (host.indexOf(':') >= 0) {
      if (IpAddresses.parseIpv6(host) == null) {
        throw new IllegalArgumentException("'" + shown(host) + "' is no IPv6 address");
      }
      return host.toLowerCase(Locale.ROOT);
    }
    if (IpAddresses.parseIpv4(host) != null) {
      return host;
    }
    if (IpAddresses.endsInNumber(host)) {
      throw new IllegalArgumentException(
          "'" + shown(host) + "' is neither a name nor four numbers with dots (0 to 255 each)");
    }
    int labelLength = 0;
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c == '.') {
        if (labelLength == 0) {
          throw new IllegalArgumentException("'" + shown(host) + "' has an empty label");
        }
        labelLength = 0;
      } else if (isNameCharacter(c)) {
        labelLength++;
        if (labelLength > MAX_LABEL_CHARACTERS) {
          throw new IllegalArgumentException(
              "'" + shown(host) + "' has a label longer than " + MAX_LABEL_CHARACTERS);
        }
      } else {
        throw new IllegalArgumentException(
            "'"
                + shown(host)
                + "' has a character that names don't have"
                + (c > 0x7f ? "; write international names in their xn-- form" : ""));
      }
    }
    return host.toLowerCase(Locale.ROOT);
  }

  private static boolean isNameCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_';
  }

  private static int parsePort(String text) {
    boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!digits || text.length() > 5 || text.startsWith("0") || Integer.parseInt(text) > MAX_PORT) {
      throw new IllegalArgumentException(
          "port is '" + shown(text) + "', must be a number from 1 to " + MAX_PORT);
    }
    return Integer.parseInt(text);
  }

  private static String shown(String text) {
    return Printable.escape(text, SHOWN_CHARACTERS);
  }
}
