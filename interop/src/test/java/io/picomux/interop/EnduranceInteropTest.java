package io.picomux.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.PicoMuxServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;

/** What is done often leaves nothing behind. Each test runs with one way to connect only. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class EnduranceInteropTest {

  private static final int SHORT_STREAMS = 30_000;
  private static final int AT_ONCE = 50;
  private static final int SESSIONS = 1_000;

  /** Sessions before the first look, which load classes and start what stays. */
  private static final int FIRST_SESSIONS = 20;

  /**
   * One stream whose 1,000 bytes are all read; 0.1.14 would take its time to close one properly.
   */
  private static final String READ_AND_DROP_SCENARIO = "drop-unread 1 1000 1000";

  @InteropTest(value = Case.SHORT_STREAMS, opens = Side.JAVA, connects = Side.JAVA)
  void shortStreams(Combination combination) throws IOException {
    try (JoinedSession session = JoinedSession.of(combination).start()) {
      JavaOpener opener = new JavaOpener(session.mux());
      AtomicInteger next = new AtomicInteger();
      List<Background<Integer>> workers = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        workers.add(Background.start(() -> echoBytes(opener, next)));
      }
      int streams = 0;
      for (Background<Integer> worker : workers) {
        streams += worker.result();
      }
      assertThat(streams).isEqualTo(SHORT_STREAMS);
      session.finish();
    }
  }

  private static int echoBytes(JavaOpener opener, AtomicInteger next) throws IOException {
    int streams = 0;
    int number;
    while ((number = next.getAndIncrement()) < SHORT_STREAMS) {
      try (MuxStream stream = opener.open("echo 1 wait")) {
        int octet = number & 0xFF;
        stream.outputStream().write(octet);
        assertThat(stream.inputStream().read()).isEqualTo(octet);
      }
      streams++;
    }
    return streams;
  }

  @InteropTest(value = Case.SHORT_STREAMS, opens = Side.RUST, connects = Side.RUST)
  void shortStreamsOfThePeer(Combination combination) throws IOException {
    try (JoinedSession session =
        JoinedSession.of(combination).scenarios("short " + SHORT_STREAMS + " " + AT_ONCE).start()) {
      JavaService service = new JavaService(session.mux(), combination.version());
      service.start();
      session.awaitScenarios();
      session.finish();
      assertThat(service.accepted()).hasSize(SHORT_STREAMS);
    }
  }

  @InteropTest(
      value = Case.MANY_SESSIONS,
      opens = Side.JAVA,
      connects = Side.JAVA,
      engines = {Engine.CHANNEL, Engine.BLOCKING})
  void sessionsThatWeBegin(Combination combination) throws IOException {
    try (PeerProcess peer = RustPeers.listen(combination.version())) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), peer.port());
      connectInTurn(combination, address, peer, FIRST_SESSIONS);
      Footprint before = Footprint.withoutSessions();
      connectInTurn(combination, address, peer, SESSIONS);
      assertNothingIsLeft(combination, before);
    }
  }

  private static void connectInTurn(
      Combination combination, InetSocketAddress address, PeerProcess peer, int sessions)
      throws IOException {
    Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < sessions; i++) {
      try (PicoMux mux = connect(combination, address, threads);
          MuxStream stream = new JavaOpener(mux).open("echo 1000 wait")) {
        Transfer.send(stream, 1000, i);
        assertThat(Transfer.receive(stream, 1000)).isEqualTo(Receipt.ofSeed(i, 1000));
      }
      assertThat(peer.nextReport().ok()).isTrue();
    }
    joinAll(threads);
  }

  private static PicoMux connect(
      Combination combination, InetSocketAddress address, Queue<Thread> threads)
      throws IOException {
    return switch (combination.engine()) {
      case CHANNEL -> PicoMux.connect(address);
      case BLOCKING ->
          PicoMux.builder()
              .threadFactory(work -> {
                Thread thread = Thread.ofVirtual().unstarted(work);
                threads.add(thread);
                return thread;
              })
              .over(new Socket(address.getAddress(), address.getPort()));
    };
  }

  /** The threads that the library has asked for end with their sessions. */
  private static void joinAll(Queue<Thread> threads) throws IOException {
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while threads of sessions ended", e);
      }
    }
  }

  @InteropTest(value = Case.MANY_SESSIONS, opens = Side.RUST, connects = Side.RUST)
  void sessionsThatThePeerBegins(Combination combination) throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    acceptInTurn(combination, anyPort, FIRST_SESSIONS);
    Footprint before = Footprint.withoutSessions();
    acceptInTurn(combination, anyPort, SESSIONS);
    assertNothingIsLeft(combination, before);
  }

  private static void acceptInTurn(Combination combination, InetSocketAddress address, int sessions)
      throws IOException {
    try (PicoMuxServer server =
            PicoMuxServer.listen(
                address, mux -> new JavaService(mux, combination.version()).start().result());
        PeerProcess peer =
            RustPeers.connect(
                combination.version(),
                ((InetSocketAddress) server.localAddress()).getPort(),
                "--sessions",
                Integer.toString(sessions),
                READ_AND_DROP_SCENARIO)) {
      for (int i = 0; i < sessions; i++) {
        assertThat(peer.nextReport().ok()).isTrue();
      }
      assertThat(peer.awaitExit()).isZero();
    }
  }

  private static void assertNothingIsLeft(Combination combination, Footprint before)
      throws IOException {
    Footprint after = Footprint.withoutSessions();
    assertThat(after.liveSessions()).isZero();
    assertThat(after.libraryThreads()).isEmpty();
    assertThat(after.descriptorsBeyond(before)).isEmpty();
    Matrix.measure(Case.MANY_SESSIONS, combination, Integer.toString(after.descriptors().size()));
  }
}
