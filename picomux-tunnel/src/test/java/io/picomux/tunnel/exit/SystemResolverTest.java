package io.picomux.tunnel.exit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SystemResolverTest {

  @Test
  void asksTheSystem() throws Exception {
    try (SystemResolver resolver = new SystemResolver(Duration.ofSeconds(30))) {
      assertThat(resolver.resolve("localhost"))
          .isNotEmpty()
          .allMatch(InetAddress::isLoopbackAddress);
      // A name that no server knows (RFC 6761): unknown, or without network no answer at all.
      assertThatIOException().isThrownBy(() -> resolver.resolve("name.invalid"));
    }
  }

  @Test
  void anInterruptEndsTheWait() {
    try (SystemResolver resolver = new SystemResolver(Duration.ofSeconds(30))) {
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(InterruptedIOException.class)
          .isThrownBy(() -> resolver.resolve("localhost"));
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void looksNothingUpOnceItIsClosed() {
    SystemResolver resolver = new SystemResolver(Duration.ofSeconds(30));
    resolver.close();
    assertThatExceptionOfType(SocketTimeoutException.class)
        .isThrownBy(() -> resolver.resolve("localhost"));
  }
}
