package io.picomux.tunnel.exit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.picomux.tunnel.Destination;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AllowRuleTest {

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3:8080, 10.1.2.3:8080, true",
    "10.1.2.3:8080, 10.1.2.3:8081, false",
    "10.1.2.3:8080, 10.1.2.4:8080, false",
    "10.1.2.3, 10.1.2.3:1, true",
    "10.0.0.0/8, 10.9.9.9:65535, true",
    "10.0.0.0/8, 10.9.9.9:25, false",
    "10.0.0.0/8:25, 10.9.9.9:25, true",
    "10.0.0.0/8:443, 10.9.9.9:443, true",
    "10.0.0.0/8:443, 10.9.9.9:80, false",
    "fd00::/8, [fd00::1]:80, true",
    "[fd00::/8], [fd00::1]:80, true",
    "[fd00::/8]:80, [fd00::1]:80, true",
    "[fd00::/8]:80, [fd00::1]:81, false",
    "[fd00::1]:80, [fd00::1]:80, true",
    "fd00::1, [fd00::1]:80, true",
    "[fd00::1], [fd00::1]:80, true"
  })
  void allowsAddresses(String rule, String destination, boolean allowed) {
    Destination asked = Destination.parse(destination);
    AllowRule read = AllowRule.parse(rule);
    assertThat(read.allowsAddress(asked.addressBytes().orElseThrow(), asked.port()))
        .isEqualTo(allowed);
    assertThat(read.allowsName(asked)).isFalse();
    assertThat(read).hasToString(rule);
  }

  @ParameterizedTest
  @CsvSource({
    "intranet.example:8080, intranet.example:8080, true",
    "Intranet.Example:8080, INTRANET.example.:8080, true",
    "intranet.example:8080, intranet.example:80, false",
    "intranet.example:8080, www.intranet.example:8080, false",
    "mail.example:25, mail.example:25, true"
  })
  void allowsNames(String rule, String destination, boolean allowed) {
    assertThat(AllowRule.parse(rule).allowsName(Destination.parse(destination))).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "intranet.example, has no port",
    "10.0.0.0/8:, port is ''",
    "10.0.0.0/8:0, port is '0'",
    "10.0.0.0/40, must be 0 to 32",
    "[fd00::/8]x, after ']'",
    "10.1.2, no IP address",
    "intranet.example/8, no IP address"
  })
  void refusesWhatIsNoRule(String text, String part) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AllowRule.parse(text))
        .withMessageContaining(part);
  }
}
