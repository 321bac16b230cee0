package io.picomux.cli.common;

import io.picomux.tunnel.Destination;
import io.picomux.tunnel.Printable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A local address to listen at, as it is written on the command line: {@code HOST:PORT}, where port
 * 0 lets the system choose.
 *
 * @param text what was written
 * @param address where to listen, resolved
 */
public record ListenAddress(String text, InetSocketAddress address) {

  /**
   * Reads {@code HOST:PORT} or {@code [IPV6]:PORT}.
   *
   * @throws TypeConversionException when {@code text} is anything else; the message is one line
   */
  public static ListenAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    String port = text.substring(colon + 1);
    // The strict reading of host and port has one home; only port 0 is particular to listening.
    boolean systemChooses = colon >= 0 && port.equals("0");
    Destination destination;
    try {
      destination = Destination.parse(systemChooses ? text.substring(0, colon) + ":1" : text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(
          e.getMessage() + "; for example 127.0.0.1:1080 (port 0: the system chooses one)");
    }
    InetAddress host;
    try {
      host = InetAddress.getByName(destination.host());
    } catch (UnknownHostException e) {
      throw new TypeConversionException(
          "'" + Printable.escape(destination.host(), 80) + "' has no address; write an IP address");
    }
    return new ListenAddress(
        text, new InetSocketAddress(host, systemChooses ? 0 : destination.port()));
  }

  /** Whether only this machine can reach the address. */
  public boolean isLoopback() {
    return address.getAddress().isLoopbackAddress();
  }

  /** {@code HOST:PORT} of a socket address, with brackets around IPv6. */
  public static String show(InetSocketAddress address) {
    String host =
        address.isUnresolved() ? address.getHostString() : address.getAddress().getHostAddress();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /** Reads an option of this type. */
  public static final class Converter implements ITypeConverter<ListenAddress> {
    /** Made by picocli. */
    public Converter() {}

    @Override
    public ListenAddress convert(String value) {
      return parse(value);
    }
  }
}
