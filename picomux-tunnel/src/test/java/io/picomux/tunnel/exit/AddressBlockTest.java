package io.picomux.tunnel.exit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AddressBlockTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0, true",
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.0.0.0/8, 9.255.255.255, false",
    "172.16.0.0/12, 172.31.255.255, true",
    "172.16.0.0/12, 172.32.0.0, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.6, false",
    "192.0.2.6/31, 192.0.2.7, true",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "::/0, 2001:db8::1, true",
    "::/0, 192.0.2.7, false",
    "fe80::/10, febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff, true",
    "fe80::/10, fec0::, false",
    "2001:db8::1/128, 2001:db8::1, true",
    "2001:db8::1/128, 2001:db8::2, false"
  })
  void holdsTheAddressesOfItsPrefix(String block, String address, boolean held)
      throws UnknownHostException {
    assertThat(AddressBlock.parse(block).contains(InetAddress.getByName(address).getAddress()))
        .isEqualTo(held);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/33, '33', must be 0 to 32",
    "::/129, '129', must be 0 to 128",
    "10.0.0.0/, '', must be 0 to 32",
    "10.0.0.0/-1, '-1', must be 0 to 32",
    "10.0.0.0/8/8, '8/8', must be 0 to 32",
    "10.1.0.0/8, bits beyond its prefix, write 10.0.0.0/8",
    "10.0/8, is no IP address, ADDRESS/BITS",
    "localhost/8, is no IP address, ADDRESS/BITS"
  })
  void refusesWhatIsNoBlock(String text, String what, String remedy) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AddressBlock.parse(text))
        .withMessageContaining(what)
        .withMessageContaining(remedy);
  }

  @Test
  void aMappedAddressIsNoIpv4Address() {
    byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 0, 0, 1};
    assertThat(AddressBlock.parse("10.0.0.0/8").contains(mapped)).isFalse();
    assertThat(AddressBlock.parse("::ffff:0:0/96").contains(mapped)).isTrue();
    assertThat(AddressBlock.parse("::ffff:0:0/96")).hasToString("::ffff:0.0.0.0/96");
  }
}
