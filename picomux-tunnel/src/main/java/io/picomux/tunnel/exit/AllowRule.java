package io.picomux.tunnel.exit;

import io.picomux.tunnel.Destination;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An exception from what an {@link ExitPolicy} denies, as an operator writes it.
 *
 * <table>
 * <caption>Forms of a rule</caption>
 * <tr><th>form</th><th>allows</th></tr>
 * <tr><td>{@code intranet.example:8080}</td><td>this name at this port, whatever addresses it
 *     has</td></tr>
 * <tr><td>{@code 10.1.2.3:8080}, {@code [fd00::1]:8080}</td><td>this address at this port, also
 *     under a name</td></tr>
 * <tr><td>{@code 10.0.0.0/8:8080}, {@code [fd00::/8]:8080}</td><td>these addresses at this
 *     port</td></tr>
 * <tr><td>{@code 10.0.0.0/8}, {@code fd00::/8}, {@code [fd00::/8]}, {@code 10.1.2.3}</td><td>these
 *     addresses at every port except 25</td></tr>
 * </table>
 *
 * <p>Port 25 is open only to a rule that names it. Immutable.
 */
public final class AllowRule {

  /** Stands for every port that is not denied for itself. */
  private static final int ANY_PORT = 0;

  private final String text;

  /** The name that is allowed; null in a rule of addresses. */
  private final @Nullable String name;

  /** The addresses that are allowed; null in a rule of a name. */
  private final @Nullable AddressBlock block;

  private final int port;

  private AllowRule(String text, @Nullable String name, @Nullable AddressBlock block, int port) {
    this.text = text;
    this.name = name;
    this.block = block;
    this.port = port;
  }

  /**
   * Reads a rule in one of the forms above.
   *
   * @throws IllegalArgumentException when {@code text} has none of them; the message names the part
   *     at fault and is safe to print
   */
  public static AllowRule parse(String text) {
    if (text.indexOf('/') >= 0 || isBareAddress(text)) {
      return parseBlock(text);
    }
    Destination destination = Destination.parse(text);
    return destination
        .addressBytes()
        .map(bytes -> new AllowRule(text, null, AddressBlock.of(bytes), destination.port()))
        .orElseGet(
            () -> new AllowRule(text, canonical(destination.host()), null, destination.port()));
  }

  /** A rule for the name or address of {@code destination} at its port. */
  public static AllowRule of(Destination destination) {
    return parse(destination.toString());
  }

  /** Whether the rule is one of a name, and {@code destination} has that name and the port. */
  boolean allowsName(Destination destination) {
    return name != null
        && name.equals(canonical(destination.host()))
        && allowsPort(destination.port());
  }

  /**
   * Whether the rule is one of addresses, and holds {@code address} and {@code destinationPort}.
   */
  boolean allowsAddress(byte[] address, int destinationPort) {
    return block != null && block.contains(address) && allowsPort(destinationPort);
  }

  /** The rule as it was written. */
  @Override
  public String toString() {
    return text;
  }

  private boolean allowsPort(int destinationPort) {
    return port == ANY_PORT ? !ExitPolicy.isDeniedPort(destinationPort) : port == destinationPort;
  }

  private static boolean isBareAddress(String text) {
    return (text.startsWith("[") && text.endsWith("]"))
        || (text.indexOf(':') < 0 && text.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9')))
        || (!text.startsWith("[") && text.indexOf(':') != text.lastIndexOf(':'));
  }

  private static AllowRule parseBlock(String text) {
    String block = text;
    int port = ANY_PORT;
    int bracket = text.lastIndexOf(']');
    int colon = text.lastIndexOf(':');
    if (text.startsWith("[") && bracket > 0) {
      block = text.substring(1, bracket);
      if (colon == bracket + 1) {
        port = portOf(text.substring(colon + 1));
      } else if (bracket != text.length() - 1) {
        throw new IllegalArgumentException("after ']' stands :PORT or nothing");
      }
    } else if (colon >= 0 && text.indexOf(':') == colon) {
      block = text.substring(0, colon);
      port = portOf(text.substring(colon + 1));
    }
    return new AllowRule(text, null, AddressBlock.parse(block), port);
  }

  private static int portOf(String text) {
    // The strict reading of ports has one home.
    return Destination.parse("port:" + text).port();
  }

  private static String canonical(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
