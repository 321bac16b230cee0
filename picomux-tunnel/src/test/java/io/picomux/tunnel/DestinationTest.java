package io.picomux.tunnel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.net.Inet4Address;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DestinationTest {

  @ParameterizedTest
  @CsvSource({
    "example.com:80, example.com, 80",
    "EXAMPLE.com:443, example.com, 443",
    "example.com.:443, example.com., 443",
    "a-b_c.d1:1, a-b_c.d1, 1",
    "localhost:65535, localhost, 65535",
    "192.0.2.7:8080, 192.0.2.7, 8080",
    "[2001:DB8::1]:53, 2001:db8::1, 53",
    "[::]:1, '::', 1",
    "[::ffff:192.0.2.7]:1, ::ffff:192.0.2.7, 1"
  })
  void readsNamesAndAddresses(String text, String host, int port) {
    assertThat(Destination.parse(text)).isEqualTo(new Destination(host, port));
    assertThat(Destination.parse(Destination.parse(text).toString()))
        .isEqualTo(Destination.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "example.com, has no port",
    "'', has no port",
    "[::1], has no port",
    ":80, host is missing",
    "example.com:, port is ''",
    "example.com:0, port is '0'",
    "example.com:65536, port is '65536'",
    "example.com:99999999999, port is",
    "example.com:080, port is '080'",
    "example.com:+80, port is '+80'",
    "'example.com:80 ', port is '80 '",
    "' example.com:80', character",
    "example.com:８０, port is",
    "::1:80, ambiguous",
    "[::1:80, ambiguous",
    "[example.com]:80, no IPv6 address",
    "[192.0.2.7]:80, no IPv6 address",
    "[fe80::1%eth0]:80, no IPv6 address",
    "[]:80, character that names don't have",
    "1.2.3:80, neither a name",
    "127.1:80, neither a name",
    "2130706433:80, neither a name",
    "0x7f000001:80, neither a name",
    "0177.0.0.1:80, neither a name",
    "1.2.3.4.:80, neither a name",
    "1.2.3.256:80, neither a name",
    "a..b:80, empty label",
    ".a:80, empty label",
    "a b:80, character",
    "a/b:80, character",
    "user@host:80, character",
    "bücher.example:80, xn--"
  })
  void refusesWhatCouldBeUnderstoodDifferently(String text, String part) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Destination.parse(text))
        .withMessageContaining(part);
  }

  @Test
  void boundsTheLengths() {
    String label = "a".repeat(63);
    String host255 = String.join(".", label, label, label, label);
    assertThat(host255).hasSize(255);
    assertThat(Destination.parse(host255 + ":1").host()).isEqualTo(host255);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Destination.parse(host255 + ".:1"))
        .withMessageContaining("host is 256 characters long, at most 255");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Destination.parse(label + "a:1"))
        .withMessageContaining("label longer than 63");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Destination.parse("a".repeat(511) + ":1"))
        .withMessageContaining("longer than 512 bytes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Destination.fromMetadata(new byte[513]))
        .withMessageContaining("metadata is 513 bytes long");
  }

  @Test
  void metadataIsItsText() {
    Destination destination = new Destination("example.com", 443);
    assertThat(destination.toMetadata()).isEqualTo("example.com:443".getBytes(UTF_8));
    assertThat(Destination.fromMetadata(destination.toMetadata())).isEqualTo(destination);
    assertThat(new String(Destination.parse("[::1]:9").toMetadata(), UTF_8)).isEqualTo("[::1]:9");
  }

  @Test
  void refusesMetadataThatIsNotUtf8() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Destination.fromMetadata("b\u00fccher:80".getBytes(ISO_8859_1)))
        .withMessage("metadata is not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb:80", "a\u001b[31mb:80", "host:\r\n80"})
  void messagesCannotBreakALineOrCommandATerminal(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Destination.parse(text))
        .extracting(Throwable::getMessage, STRING)
        .matches("[ -~]+");
  }

  @Test
  void knowsAddressesWithoutLookingThemUp() {
    assertThat(new Destination("192.0.2.7", 1).addressBytes().orElseThrow())
        .containsExactly(192, 0, 2, 7);
    assertThat(new Destination("example.com", 1).addressBytes()).isEmpty();
    Destination mapped = new Destination("::ffff:192.0.2.7", 1);
    assertThat(mapped.addressBytes().orElseThrow())
        .containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 7);
    assertThat(mapped.address().orElseThrow()).isInstanceOf(Inet4Address.class);
  }

  @Test
  void refusesPartsOutOfRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Destination("a", 0))
        .withMessage("port is 0, must be 1 to 65535");
    assertThatIllegalArgumentException().isThrownBy(() -> new Destination("a", 65_536));
    assertThatIllegalArgumentException().isThrownBy(() -> new Destination("", 1));
  }
}
