package io.picomux.tunnel.exit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.picomux.tunnel.Destination;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExitPolicyTest {

  private static final ExitPolicy PUBLIC = ExitPolicy.publicInternet();

  private static final HostResolver NEVER_ASKED =
      name -> {
        throw new AssertionError(name + " must not be looked up");
      };

  /** The first and the last address of every block that is denied. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.255.255.255",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "127.0.0.0",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.0.0",
        "169.254.169.254",
        "169.254.255.255",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.0",
        "192.0.0.255",
        "192.0.2.0",
        "192.0.2.255",
        "192.88.99.0",
        "192.88.99.255",
        "192.168.0.0",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.255.255",
        "198.51.100.0",
        "198.51.100.255",
        "203.0.113.0",
        "203.0.113.255",
        "224.0.0.0",
        "239.255.255.255",
        "240.0.0.0",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:0.0.0.0",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::ffff:255.255.255.255",
        "::ffff:0:7f00:1",
        "0:0:79:3a::",
        "200::1",
        "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "4000::",
        "64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff",
        "64:ff9b:2::",
        "5eff::1",
        "5f01::1",
        "fbff::1",
        "dfff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "64:ff9b::",
        "64:ff9b::7f00:1",
        "64:ff9b::ffff:ffff",
        "64:ff9b:1::",
        "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
        "100::",
        "100::ffff:ffff:ffff:ffff",
        "2001::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db8::",
        "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "2002::",
        "2002:7f00:1::1",
        "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "3fff::",
        "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
        "5f00::",
        "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "fc00::",
        "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "fe80::",
        "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "fec0::",
        "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "ff00::",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
      })
  void deniesWhatIsNotOnThePublicInternet(String address) {
    Destination destination = new Destination(address, 80);
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> PUBLIC.check(destination, NEVER_ASKED))
        .satisfies(e -> assertThat(e.refusal()).isEqualTo(Refusal.DENIED_ADDRESS))
        .withMessageContaining("denied");
  }

  /** The neighbours of the blocks that are denied. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.0.0.0",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "191.255.255.255",
        "192.0.1.0",
        "192.0.3.0",
        "192.88.98.255",
        "192.88.100.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "198.51.101.0",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
        "2001:200::",
        "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db9::",
        "2003::",
        "2606:4700::1",
        "3ffe:ffff::1"
      })
  void allowsTheirNeighbours(String address) throws Exception {
    assertThat(PUBLIC.check(new Destination(address, 80), NEVER_ASKED))
        .containsExactly(InetAddress.getByName(address));
  }

  @Test
  void deniesTheAddressesOfThisMachine() throws Exception {
    List<InetAddress> own = new ArrayList<>();
    NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(a -> a instanceof Inet4Address)
        .forEach(own::add);
    assumeTrue(!own.isEmpty(), "this machine has no IPv4 address");
    for (InetAddress address : own) {
      Destination destination = new Destination(address.getHostAddress(), 80);
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> PUBLIC.check(destination, NEVER_ASKED));
      // Allowing its whole block still is a matter of the operator's.
      assertThat(
              PUBLIC
                  .allowing(List.of(AllowRule.parse(address.getHostAddress())))
                  .check(destination, NEVER_ASKED))
          .containsExactly(address);
    }
  }

  @Test
  void deniesTheMailPortUnlessARuleNamesIt() throws Exception {
    Destination mail = new Destination("8.8.8.8", 25);
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> PUBLIC.check(mail, NEVER_ASKED))
        .satisfies(e -> assertThat(e.refusal()).isEqualTo(Refusal.DENIED_PORT));
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> allowing("8.8.8.0/24").check(mail, NEVER_ASKED));
    assertThat(allowing("8.8.8.0/24:25").check(mail, NEVER_ASKED)).hasSize(1);
  }

  @Test
  void checksEveryAddressOfAName() throws Exception {
    HostResolver hosts =
        resolver(
            Map.of(
                "good.example", List.of("1.1.1.1", "2606:4700::1"),
                "mixed.example", List.of("1.1.1.1", "10.0.0.1"),
                "mixed6.example", List.of("1.1.1.1", "fd00::1")));
    assertThat(PUBLIC.check(new Destination("good.example", 80), hosts))
        .containsExactly(InetAddress.getByName("1.1.1.1"), InetAddress.getByName("2606:4700::1"));
    for (String name : List.of("mixed.example", "mixed6.example")) {
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> PUBLIC.check(new Destination(name, 80), hosts))
          .satisfies(e -> assertThat(e.refusal()).isEqualTo(Refusal.DENIED_ADDRESS))
          .withMessageContaining(name);
    }
  }

  @Test
  void aNameServerThatAnswersDifferentlyTheSecondTimeGainsNothing() throws Exception {
    List<String> answers = new ArrayList<>(List.of("1.1.1.1", "127.0.0.1"));
    HostResolver rebinding = name -> List.of(InetAddress.getByName(answers.removeFirst()));
    List<InetAddress> checked = PUBLIC.check(new Destination("rebind.example", 80), rebinding);
    assertThat(checked).containsExactly(InetAddress.getByName("1.1.1.1"));
    assertThat(answers).as("looked up once").containsExactly("127.0.0.1");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:8080, 127.0.0.1, 8080, true",
    "127.0.0.1:8080, 127.0.0.1, 8081, false",
    "127.0.0.1:8080, local.example, 8080, true",
    "local.example:8080, local.example, 8080, true",
    "local.example:8080, local.example, 80, false",
    "local.example:8080, 127.0.0.1, 8080, false",
    "10.0.0.0/8, 10.1.1.1, 80, true",
    "10.0.0.0/8, private.example, 80, true",
    "10.0.0.0/8, 192.168.0.1, 80, false",
    "::ffff:0:0/96, ::ffff:127.0.0.1, 80, true",
    "0.0.0.0/0, ::ffff:127.0.0.1, 80, false"
  })
  void rulesAllowWhatTheyName(String rule, String host, int port, boolean allowed)
      throws Exception {
    HostResolver hosts =
        resolver(
            Map.of("local.example", List.of("127.0.0.1"), "private.example", List.of("10.2.2.2")));
    Destination destination = new Destination(host, port);
    if (allowed) {
      assertThat(allowing(rule).check(destination, hosts)).hasSize(1);
    } else {
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> allowing(rule).check(destination, hosts));
    }
  }

  @Test
  void tellsFailuresOfTheResolverApart() {
    Destination destination = new Destination("gone.example", 80);
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> PUBLIC.check(destination, resolver(Map.of())))
        .satisfies(e -> assertThat(e.refusal()).isEqualTo(Refusal.UNKNOWN_HOST));
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> PUBLIC.check(destination, name -> List.of()))
        .satisfies(e -> assertThat(e.refusal()).isEqualTo(Refusal.UNKNOWN_HOST));
    HostResolver silent =
        name -> {
          throw new SocketTimeoutException("silent");
        };
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> PUBLIC.check(destination, silent))
        .satisfies(e -> assertThat(e.refusal()).isEqualTo(Refusal.RESOLVER_TIMEOUT));
  }

  private static ExitPolicy allowing(String rule) {
    return PUBLIC.allowing(List.of(AllowRule.parse(rule)));
  }

  private static HostResolver resolver(Map<String, List<String>> hosts) {
    return new HostResolver() {
      @Override
      public List<InetAddress> resolve(String name) throws IOException {
        List<String> addresses = hosts.get(name);
        if (addresses == null) {
          throw new UnknownHostException(name);
        }
        List<InetAddress> resolved = new ArrayList<>();
        for (String address : addresses) {
          resolved.addAll(Arrays.asList(InetAddress.getAllByName(address)));
        }
        return resolved;
      }
    };
  }
}
