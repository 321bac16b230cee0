package io.picomux.reliability.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.picomux.MuxException;
import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.SessionException;
import io.picomux.core.SessionEnd;
import io.picomux.testkit.LinkProfile;
import io.picomux.testkit.TcpLink;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A link to another process that is slow, chops bytes, stalls, breaks or falls silent. */
@Timeout(120)
class LinkFaultsTest {
  private static final long MILLISECOND = 1_000_000;
  private static final Duration LIVENESS_TIMEOUT = Duration.ofSeconds(2);

  private Peer peer;
  private TcpLink link;

  @BeforeEach
  void start() throws Exception {
    peer = Peer.start("server", Long.toString(LIVENESS_TIMEOUT.toMillis()));
    link = TcpLink.to(peer.address());
  }

  @AfterEach
  void stop() throws IOException {
    link.close();
    peer.close();
  }

  private PicoMux connect() throws IOException {
    return PicoMux.builder()
        .liveness(PeerProgram.liveness(LIVENESS_TIMEOUT))
        .connect(link.address());
  }

  static List<LinkProfile> poorLinks() {
    return List.of(
        new LinkProfile(100 * MILLISECOND, 100_000_000, 1 << 20, 16 << 10),
        new LinkProfile(0, 1_000_000, 4 << 10, 16 << 10),
        new LinkProfile(MILLISECOND, 100_000_000, 64 << 10, 7),
        new LinkProfile(0, 100_000_000, 1, 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void nothingIsLostOnASlowLinkNorBeforeAClose(int profile) throws Exception {
    link.setProfile(poorLinks().get(profile));
    byte[] data = new byte[profile == 3 ? 2_000 : 300_000];
    new Random(profile).nextBytes(data);
    try (PicoMux mux = connect();
        MuxStream stream = mux.open(new byte[0])) {
      Thread writer =
          Thread.startVirtualThread(() -> {
            try {
              stream.outputStream().write(data);
              stream.shutdownOutput();
            } catch (IOException e) {
              stream.reset();
            }
          });
      assertThat(stream.inputStream().readAllBytes()).isEqualTo(data);
      writer.join();
    }
    assertThat(peer.nextLine("ended ")).startsWith("PEER_CLOSED");
  }

  @Test
  void aShortStallHarmsNobody() throws Exception {
    try (PicoMux mux = connect();
        MuxStream stream = mux.open(new byte[0])) {
      link.hold();
      stream.outputStream().write('a');
      stream.setReadTimeout(LIVENESS_TIMEOUT.dividedBy(4));
      assertThat(catchThrowable(() -> stream.inputStream().read()))
          .isInstanceOf(SocketTimeoutException.class);
      link.release();
      stream.setReadTimeout(Duration.ZERO);
      assertThat(stream.inputStream().read()).isEqualTo('a');
    }
  }

  @Test
  void silenceIsNoticedOnBothSides() throws Exception {
    assertEverythingFails(ignored -> link.hold(), "TIMED_OUT", SessionEnd.TIMED_OUT);
  }

  @Test
  void aResetIsNoticedOnBothSides() throws Exception {
    assertEverythingFails(
        ignored -> link.reset(),
        "TRANSPORT_FAILED",
        SessionEnd.TRANSPORT_FAILED,
        SessionEnd.TRUNCATED);
  }

  /** The connection breaks after so many bytes, wherever in a frame that is. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 9, 1000, 8191, 50_000})
  void aCutIsNoCleanEnd(int bytes) throws Exception {
    assertEverythingFails(
        streams -> {
          link.cutAfter(bytes);
          streams.forEach(stream ->
              Thread.startVirtualThread(() -> {
                try {
                  stream.outputStream().write(new byte[100_000]);
                } catch (IOException e) {
                  stream.reset();
                }
              }));
        },
        "T",
        SessionEnd.TRANSPORT_FAILED,
        SessionEnd.TRUNCATED);
  }

  /**
   * Readers wait, an acceptor waits; the fault ends them all with its reason, in both processes.
   */
  private void assertEverythingFails(
      Consumer<List<MuxStream>> fault, String reasonAtThePeer, SessionEnd... reasons)
      throws Exception {
    try (PicoMux mux = connect()) {
      List<MuxStream> streams = new ArrayList<>();
      List<CompletableFuture<Throwable>> waiting = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        MuxStream stream = mux.open(new byte[0]);
        stream.outputStream().write('a');
        assertThat(stream.inputStream().read()).isEqualTo('a');
        streams.add(stream);
        waiting.add(inBackground(() -> stream.inputStream().readAllBytes()));
      }
      waiting.add(inBackground(mux::accept));
      fault.accept(streams);
      SessionException end = mux.onTermination().get(60, TimeUnit.SECONDS);
      assertThat(end.reason()).as(end.getMessage()).isIn((Object[]) reasons);
      for (CompletableFuture<Throwable> each : waiting) {
        assertThat(each.get(60, TimeUnit.SECONDS)).isInstanceOf(MuxException.class);
      }
      assertThatThrownBy(() -> mux.open(new byte[0])).isInstanceOf(SessionException.class);
    }
    assertThat(peer.nextLine("ended ")).startsWith(reasonAtThePeer);
  }

  private interface Call {
    Object call() throws Exception;
  }

  private static CompletableFuture<Throwable> inBackground(Call call) {
    CompletableFuture<Throwable> result = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      Throwable problem = catchThrowable(call::call);
      result.complete(problem != null ? problem : new AssertionError("the call returned"));
    });
    return result;
  }
}
