package io.picomux.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.PicoMux;
import io.picomux.PicoMuxBuilder;
import io.picomux.SessionStats;
import io.picomux.core.CoreStats;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * A session of this library with a peer in a process of its own. Closing it ends both at once.
 *
 * <p>Safe for concurrent use.
 */
final class JoinedSession implements AutoCloseable {

  /** No round trip on loopback takes longer unless the peer hangs. */
  private static final Duration PING_LIMIT = Duration.ofSeconds(30);

  /** No state takes longer to be reached unless something hangs. */
  private static final long STATE_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final PicoMux mux;
  private final PeerProcess peer;

  private JoinedSession(PicoMux mux, PeerProcess peer) {
    this.mux = mux;
    this.peer = peer;
  }

  static Builder of(Combination combination) {
    return new Builder(combination);
  }

  /** Collects what a session is to be. Not thread-safe. */
  static final class Builder {
    private final Combination combination;
    private final List<String> peerArguments = new ArrayList<>();
    private PicoMuxBuilder settings = PicoMux.builder();

    private Builder(Combination combination) {
      this.combination = combination;
    }

    /** Changes the settings of our side. */
    Builder with(UnaryOperator<PicoMuxBuilder> change) {
      settings = change.apply(settings);
      return this;
    }

    /** Adds options of the peer. */
    Builder peerOptions(String... options) {
      peerArguments.addAll(List.of(options));
      return this;
    }

    /**
     * Adds scenarios that the peer runs; it leaves the session open after the last and reports, see
     * {@link #awaitScenarios()}.
     */
    Builder scenarios(String... scenarios) {
      peerArguments.add("--keep-open");
      peerArguments.addAll(List.of(scenarios));
      return this;
    }

    JoinedSession start() throws IOException {
      return switch (combination.connects()) {
        case JAVA -> connect();
        case RUST -> listen();
      };
    }

    private JoinedSession connect() throws IOException {
      peerArguments.addAll(0, List.of("--sessions", "1"));
      PeerProcess peer =
          RustPeers.listen(combination.version(), peerArguments.toArray(String[]::new));
      try {
        InetSocketAddress address =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), peer.port());
        PicoMux mux =
            switch (combination.engine()) {
              case CHANNEL -> settings.connect(address);
              case BLOCKING -> settings.over(new Socket(address.getAddress(), address.getPort()));
            };
        return new JoinedSession(mux, peer);
      } catch (IOException e) {
        peer.close();
        throw e;
      }
    }

    private JoinedSession listen() throws IOException {
      return switch (combination.engine()) {
        case CHANNEL -> {
          try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            PeerProcess peer = startConnector(listener.socket().getLocalPort());
            yield new JoinedSession(settings.over(listener.accept()), peer);
          }
        }
        case BLOCKING -> {
          try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            PeerProcess peer = startConnector(listener.getLocalPort());
            yield new JoinedSession(settings.over(listener.accept()), peer);
          }
        }
      };
    }

    private PeerProcess startConnector(int port) throws IOException {
      return RustPeers.connect(combination.version(), port, peerArguments.toArray(String[]::new));
    }
  }

  PicoMux mux() {
    return mux;
  }

  PeerProcess peer() {
    return peer;
  }

  /** Waits for the peer's report on its scenarios: all must have passed. */
  PeerProcess.SessionReport awaitScenarios() throws IOException {
    PeerProcess.SessionReport report = peer.nextReport();
    assertThat(report.ok()).as(report.line()).isTrue();
    return report;
  }

  /**
   * Waits until a condition holds that frames of the peer bring about. Between two looks a PING
   * goes to the peer and back.
   */
  void until(String what, BooleanSupplier condition) throws IOException {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > STATE_LIMIT_NANOS) {
        throw new AssertionError("never came about: " + what + "; " + mux.stats());
      }
      mux.ping(PING_LIMIT);
    }
  }

  /**
   * Waits until no stream is left on either side of the session and nothing is queued or unread.
   */
  void awaitQuiet() throws IOException {
    until("no live stream, nothing unread, nothing queued", () -> isQuiet(mux.stats()));
  }

  private static boolean isQuiet(SessionStats stats) {
    CoreStats core = stats.core();
    return core.liveStreams() == 0
        && core.inboundStreams() == 0
        && core.waitingStreams() == 0
        && core.unreadBytes() == 0
        && stats.queuedBytes() == 0
        && stats.streams().isEmpty();
  }

  /**
   * Ends the session in order: every stream must go first; then the peer must report no violation
   * and no failed check, and exit with 0.
   */
  void finish() throws IOException {
    awaitQuiet();
    mux.close();
    PeerProcess.SessionReport report = peer.nextReport();
    assertThat(report.ok()).as(report.line()).isTrue();
    assertThat(peer.awaitExit()).as(report.line()).isZero();
  }

  @Override
  public void close() {
    mux.abort();
    peer.close();
  }
}
