package io.picomux.tunnel.exit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

final class SystemResolverTest {

  @Test
  void asksTheSystem() throws Exception {
    try (SystemResolver resolver = new SystemResolver(SystemResolverTest::ask)) {
      assertThat(resolver.lookUp("localhost").get())
          .isNotEmpty()
          .allMatch(InetAddress::isLoopbackAddress);
      // A name that no server knows (RFC 6761): unknown, or without network no answer at all.
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> resolver.lookUp("name.invalid").get())
          .withCauseInstanceOf(UnknownHostException.class);
    }
  }

  @Test
  void aDefectOfTheSystemIsAnAnswer() {
    HostResolver broken =
        name -> {
          throw new StackOverflowError("thrown by the system on request");
        };
    try (SystemResolver resolver = new SystemResolver(broken)) {
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> resolver.lookUp("localhost").get())
          .withCauseInstanceOf(StackOverflowError.class);
    }
  }

  @Test
  void looksNothingUpOnceItIsClosed() {
    SystemResolver resolver = new SystemResolver(SystemResolverTest::ask);
    resolver.close();
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> resolver.lookUp("localhost").get())
        .withCauseInstanceOf(RefusedException.class);
  }

  private static List<InetAddress> ask(String name) throws IOException {
    return List.of(InetAddress.getAllByName(name));
  }
}
