package io.picomux.tunnel.exit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.picomux.core.FindingReport;
import io.picomux.tunnel.Destination;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Feeds what an exit and its operator read any text: destinations, rules and blocks of addresses.
 * Nothing but the declared refusal may come of it, what is read must be written as it was read, and
 * no address that is not public may pass an {@link ExitPolicy} without rules.
 *
 * <p>The first byte of an input chooses what the others are: metadata of a stream, a rule, a block,
 * or the bytes of an address that a name server gave.
 */
@ExtendWith(FindingReport.class)
class DestinationFuzzTest {
  private static final ExitPolicy PUBLIC = ExitPolicy.publicInternet();

  /** A host that ends in a number (URL Standard, 3.5), which resolvers take for an address. */
  private static final String NUMERIC = "(.*\\.)?([0-9]+|0x[0-9a-f]*)\\.?";

  public static void fuzzerTestOneInput(byte[] input) throws UnknownHostException {
    new DestinationFuzzTest().fuzz(input);
  }

  @FuzzTest
  void fuzz(byte[] input) throws UnknownHostException {
    if (input.length == 0) {
      return;
    }
    byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
    switch (input[0] & 3) {
      case 0 -> destination(bytes);
      case 1 -> rule(new String(bytes, UTF_8));
      case 2 -> block(new String(bytes, UTF_8));
      default -> resolved(bytes);
    }
  }

  // ---- what a peer sends

  private static void destination(byte[] metadata) throws UnknownHostException {
    Destination destination;
    try {
      destination = Destination.fromMetadata(metadata);
    } catch (IllegalArgumentException e) {
      mustBePrintable(e);
      return;
    }
    String host = destination.host();
    assertThat(host.length()).isBetween(1, 255);
    assertThat(destination.port()).isBetween(1, 65_535);
    assertThat(host).matches("[a-z0-9._:-]+");
    assertThat(Destination.fromMetadata(destination.toMetadata())).isEqualTo(destination);
    assertThat(Destination.parse(destination.toString())).isEqualTo(destination);
    assertThat(AllowRule.of(destination).toString()).isEqualTo(destination.toString());
    if (destination.addressBytes().isPresent()) {
      policy(destination, List.of());
    } else {
      assertThat(host).as("what a resolver could read as an address").doesNotMatch(NUMERIC);
    }
  }

  // ---- what a name server answers

  private static void resolved(byte[] bytes) throws UnknownHostException {
    int length = bytes.length >= 16 ? 16 : bytes.length >= 4 ? 4 : 0;
    if (length > 0) {
      InetAddress address = InetAddress.getByAddress(Arrays.copyOf(bytes, length));
      int port = bytes.length > length ? 1 + (bytes[length] & 0xFF) : 443;
      policy(new Destination("name.example", port), List.of(address));
    }
  }

  private static void policy(Destination destination, List<InetAddress> answers)
      throws UnknownHostException {
    List<InetAddress> allowed;
    try {
      allowed = PUBLIC.check(destination, host -> answers);
    } catch (RefusedException e) {
      mustBePrintable(e);
      return;
    }
    assertThat(destination.port()).isNotEqualTo(25);
    assertThat(allowed).isNotEmpty();
    for (InetAddress address : allowed) {
      assertThat(PublicAddresses.isPublic(address.getAddress()))
          .as("%s of %s is public", address, destination)
          .isTrue();
    }
  }

  // ---- what an operator writes

  private static void rule(String text) {
    try {
      AllowRule rule = AllowRule.parse(text);
      assertThat(rule.toString()).isEqualTo(text);
      assertThat(AllowRule.parse(rule.toString()).toString()).isEqualTo(text);
    } catch (IllegalArgumentException e) {
      mustBePrintable(e);
    }
  }

  private static void block(String text) {
    AddressBlock block;
    try {
      block = AddressBlock.parse(text);
    } catch (IllegalArgumentException e) {
      mustBePrintable(e);
      return;
    }
    String shown = block.toString();
    AddressBlock again = AddressBlock.parse(shown);
    assertThat(again.toString()).isEqualTo(shown);
    byte[] first = Destination.parse(hostOf(block) + ":1").addressBytes().orElseThrow();
    assertThat(block.contains(first)).isTrue();
    assertThat(again.contains(first)).isTrue();
    int bits = Integer.parseInt(shown.substring(shown.indexOf('/') + 1));
    assertThat(bits).isBetween(0, first.length * 8);
    if (bits > 0) {
      byte[] beyond = first.clone();
      beyond[(bits - 1) / 8] ^= (byte) (0x80 >> (bits - 1) % 8);
      assertThat(block.contains(beyond)).as("the neighbour of %s", shown).isFalse();
    }
    if (bits < first.length * 8) {
      byte[] last = first.clone();
      last[bits / 8] ^= (byte) (0x80 >> bits % 8);
      assertThat(block.contains(last)).as("a bit behind the prefix of %s", shown).isTrue();
    }
  }

  private static String hostOf(AddressBlock block) {
    String address = block.address();
    return address.indexOf(':') >= 0 ? "[" + address + "]" : address;
  }

  private static void mustBePrintable(Exception e) {
    assertThat(e.getMessage()).isNotNull().matches("[\\x20-\\x7e…]{1,1000}");
  }
}
