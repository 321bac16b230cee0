package io.picomux.tunnel.exit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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
    CountDownLatch never = new CountDownLatch(1);
    HostResolver silent =
        name -> {
          awaitUnlessInterrupted(never);
          return List.of();
        };
    try (SystemResolver resolver = new SystemResolver(Duration.ofSeconds(30), silent)) {
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(InterruptedIOException.class)
          .isThrownBy(() -> resolver.resolve("localhost"));
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private static void awaitUnlessInterrupted(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new InterruptedIOException("given up");
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
