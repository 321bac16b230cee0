package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which connections of a server become sessions. */
class AdmissionTest {
  private boolean littleMemory;

  private Admission admission(int maxSessions, int maxPerAddress, boolean loopbackCounts) {
    return new Admission(maxSessions, maxPerAddress, loopbackCounts, () -> littleMemory, () -> 0);
  }

  private static InetSocketAddress of(String address, int port) {
    return new InetSocketAddress(address, port);
  }

  @Test
  void oneAddressCannotTakeAllSessions() {
    Admission admission = admission(4, 3, false);
    for (int port = 1; port <= 3; port++) {
      assertThat(admission.enter(of("192.0.2.1", port))).isNull();
    }
    assertThat(admission.enter(of("192.0.2.1", 4))).isEqualTo(SessionRefusal.TOO_MANY_OF_ADDRESS);
    assertThat(admission.enter(of("192.0.2.2", 1))).isNull();
    assertThat(admission.enter(of("192.0.2.3", 1))).isEqualTo(SessionRefusal.TOO_MANY_SESSIONS);
    admission.leave(of("192.0.2.1", 2));
    assertThat(admission.enter(of("192.0.2.1", 5))).isNull();
    assertThat(admission.refused()).isEqualTo(2);
    assertThat(admission.refusals())
        .isEqualTo(
            Map.of(SessionRefusal.TOO_MANY_OF_ADDRESS, 1L, SessionRefusal.TOO_MANY_SESSIONS, 1L));
  }

  @Test
  void aHostHasItsWholeIpv6Network() {
    Admission admission = admission(10, 1, false);
    assertThat(admission.enter(of("2001:db8:0:1::1", 1))).isNull();
    assertThat(admission.enter(of("2001:db8:0:1:ffff::2", 1)))
        .isEqualTo(SessionRefusal.TOO_MANY_OF_ADDRESS);
    assertThat(admission.enter(of("2001:db8:0:2::1", 1))).isNull();
  }

  @Test
  void aProxyOnThisMachineIsNotBoundedUnlessThatIsWanted() {
    Admission free = admission(10, 1, false);
    Admission bounded = admission(10, 1, true);
    for (String address : new String[] {"127.0.0.1", "::1"}) {
      assertThat(free.enter(of(address, 1))).isNull();
      assertThat(free.enter(of(address, 2))).isNull();
      assertThat(bounded.enter(of(address, 1))).isNull();
      assertThat(bounded.enter(of(address, 2))).isEqualTo(SessionRefusal.TOO_MANY_OF_ADDRESS);
    }
  }

  @Test
  void whereThereIsLittleMemoryNobodyIsAdmitted() {
    Admission admission = admission(10, 10, true);
    littleMemory = true;
    assertThat(admission.enter(of("192.0.2.1", 1))).isEqualTo(SessionRefusal.LITTLE_MEMORY);
    littleMemory = false;
    assertThat(admission.enter(of("192.0.2.1", 1))).isNull();
  }
}
