package io.picomux.tunnel.exit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Names whose servers are silent, and who has to wait for that. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ExitLookupsTest {

  /** More than a session has looked up at once. */
  private static final int NAMES = 40;

  private static final byte GREETING = 42;

  /** A system that answers for one name only; the others hold their thread until it is over. */
  private static final class SilentSystem implements HostResolver, AutoCloseable {
    final CountDownLatch over = new CountDownLatch(1);
    final AtomicInteger asked = new AtomicInteger();

    @Override
    public List<InetAddress> resolve(String name) throws IOException {
      if (name.equals("known.test")) {
        return List.of(loopback(1));
      }
      asked.incrementAndGet();
      try {
        over.await();
      } catch (InterruptedException e) {
        throw new InterruptedIOException("given up");
      }
      throw new UnknownHostException(name);
    }

    void awaitAsked(int times) {
      await().until(() -> asked.get() == times);
    }

    @Override
    public void close() {
      over.countDown();
    }
  }

  @Test
  void sessionsThatAskForSilentNamesLeaveTurnsForOthers() throws Exception {
    try (SilentSystem system = new SilentSystem();
        ServerSocket destination = new ServerSocket(0, 10, loopback(1));
        ExitServer exit = exit(Exit.builder().system(system), destination)) {
      hostileSession(exit, loopback(2));
      system.awaitAsked(16);
      hostileSession(exit, loopback(3));
      system.awaitAsked(16 + 12);
      hostileSession(exit, loopback(2));
      system.awaitAsked(16 + 12 + 5);
      hostileSession(exit, loopback(3));
      system.awaitAsked(16 + 12 + 5 + 5);
      assertServed(exit, loopback(1), destination);
      assertServed(exit, loopback(2), destination);
      assertThat(system.asked).hasValue(16 + 12 + 5 + 5);
    }
  }

  /** What the system does not answer holds its threads, whoever is there to hear of it. */
  @Test
  void sessionsThatComeAndGoLeaveTurnsForOthers() throws Exception {
    try (SilentSystem system = new SilentSystem();
        ServerSocket destination = new ServerSocket(0, 10, loopback(1));
        ExitServer exit = exit(Exit.builder().system(system), destination)) {
      for (int asked : new int[] {16, 24, 28, 30, 31, 32, 32, 32}) {
        PicoMux session = hostileSession(exit, loopback(2));
        system.awaitAsked(asked);
        session.abort();
        await().until(() -> exit.sessions().isEmpty());
      }
      assertServed(exit, loopback(1), destination);
      assertThat(system.asked).hasValue(32);
    }
  }

  @Test
  void whatASessionHasAskedForEndsWithIt() throws Exception {
    try (SilentSystem system = new SilentSystem();
        ServerSocket destination = new ServerSocket(0, 10, loopback(1));
        ExitServer exit = exit(Exit.builder().system(system), destination)) {
      PicoMux session = hostileSession(exit, loopback(2));
      await().until(() -> exit.stats().traffic().liveStreams() == NAMES);
      session.abort();
      await().until(() -> exit.stats().traffic().liveStreams() == 0);
      assertThat(exit.stats().refusals()).containsEntry(Refusal.CLOSING, (long) NAMES);
    }
  }

  @Test
  void whoGetsNoTurnInTimeIsRefused() throws Exception {
    try (SilentSystem system = new SilentSystem();
        ServerSocket destination = new ServerSocket(0, 10, loopback(1));
        ExitServer exit =
            exit(
                Exit.builder().resolver(system).resolveTimeout(Duration.ofMillis(50)),
                destination)) {
      hostileSession(exit, loopback(2));
      await()
          .until(() ->
              exit.stats().refusals().getOrDefault(Refusal.RESOLVER_TIMEOUT, 0L)
                  == NAMES - system.asked.get());
      assertThat(system.asked.get()).isLessThan(NAMES);
    }
  }

  /** A resolver of the operator's own holds a turn only as long as its session lives. */
  @Test
  void sessionsThatAreGoneHoldNoTurnOfAnotherResolver() throws Exception {
    try (SilentSystem system = new SilentSystem();
        ServerSocket destination = new ServerSocket(0, 10, loopback(1));
        ExitServer exit = exit(Exit.builder().resolver(system), destination)) {
      for (int i = 1; i <= 10; i++) {
        PicoMux session = hostileSession(exit, loopback(2));
        system.awaitAsked(16 * i);
        session.abort();
        await().until(() -> exit.sessions().isEmpty());
      }
    }
  }

  private static ExitServer exit(Exit.Builder builder, ServerSocket destination)
      throws IOException {
    ExitPolicy policy =
        ExitPolicy.publicInternet()
            .allowing(List.of(AllowRule.parse("127.0.0.1:" + destination.getLocalPort())));
    return ExitServer.listen(new InetSocketAddress(loopback(1), 0), builder.policy(policy).build());
  }

  /** Begins a session that asks for many names at once. */
  private static PicoMux hostileSession(ExitServer exit, InetAddress from) throws IOException {
    PicoMux session = connect(exit, from);
    for (int i = 0; i < NAMES; i++) {
      session.open(("silent" + i + ".test:80").getBytes(US_ASCII));
    }
    return session;
  }

  private static PicoMux connect(ExitServer exit, InetAddress from) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.bind(new InetSocketAddress(from, 0));
    channel.connect(exit.localAddress());
    return PicoMux.over(channel);
  }

  /** Asserts that a stream to a name that the system knows arrives. */
  private static void assertServed(ExitServer exit, InetAddress from, ServerSocket destination)
      throws Exception {
    Thread greeter =
        Thread.ofVirtual()
            .start(() -> {
              try (var socket = destination.accept()) {
                socket.getOutputStream().write(GREETING);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    try (PicoMux session = connect(exit, from);
        MuxStream stream =
            session.open(("known.test:" + destination.getLocalPort()).getBytes(US_ASCII))) {
      assertThat(stream.inputStream().read()).isEqualTo(GREETING);
    }
    greeter.join();
  }

  private static InetAddress loopback(int last) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
  }
}
