package io.picomux.reliability.attacks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.SessionException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Row 21: an application with faults of its own, which a peer brings out. The streams beside the
 * faulty one, and the neighbour's session, transfer bytes that are checked.
 */
@Timeout(120)
class OwnFaultsTest {
  private static final int TRANSFER_BYTES = 500_000;

  @AutoClose private final AttackScene scene = AttackScene.begin();

  @ParameterizedTest
  @ValueSource(strings = {"throw", "callback-throw", "hold a", "leak"})
  void aFaultOfOneStreamHarmsNoOther(String fault) throws Exception {
    try (PicoMux mux = PicoMux.connect(scene.victim().muxAddress())) {
      MuxStream faulty = open(mux, fault);
      faulty.write(new byte[100_000], 0, 100_000);
      for (int i = 0; i < 3; i++) {
        assertEcho(mux);
      }
      assertThat(mux.isAlive()).isTrue();
      scene.neighbour().awaitProgress();
      // What the faulty stream was sent and nobody reads is not waited for.
      mux.abort();
    }
    scene.assertAsBefore();
  }

  @Test
  void aSessionThatAcceptsNoMoreGoesOnWithWhatItHas() throws Exception {
    try (PicoMux mux = PicoMux.connect(scene.victim().muxAddress())) {
      MuxStream before = open(mux, "echo " + TRANSFER_BYTES + " wait");
      open(mux, "never-accept");
      MuxStream never = open(mux, "echo 1 wait");
      assertEcho(before);
      never.setReadTimeout(Duration.ofMillis(100));
      assertThatThrownBy(() -> never.inputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      scene.neighbour().awaitProgress();
    }
    scene.assertAsBefore();
  }

  @Test
  void aFaultOfOneSessionHarmsNoOther() throws Exception {
    try (PicoMux mux = PicoMux.connect(scene.victim().muxAddress())) {
      MuxStream beside = open(mux, "echo 1000 wait");
      open(mux, "handler-throw");
      assertThatThrownBy(() -> beside.inputStream().readAllBytes())
          .isInstanceOf(SessionException.class);
    }
    scene.neighbour().awaitProgress();
    try (PicoMux mux = PicoMux.connect(scene.victim().muxAddress())) {
      assertEcho(mux);
    }
    scene.assertAsBefore();
  }

  private static MuxStream open(PicoMux mux, String metadata) throws IOException {
    return mux.open(metadata.getBytes(US_ASCII));
  }

  private static void assertEcho(PicoMux mux) throws Exception {
    assertEcho(open(mux, "echo " + TRANSFER_BYTES + " wait"));
  }

  private static void assertEcho(MuxStream stream) throws Exception {
    byte[] there = new byte[TRANSFER_BYTES];
    new SplittableRandom(TRANSFER_BYTES).nextBytes(there);
    try (stream) {
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  stream.write(there, 0, there.length);
                  stream.shutdownOutput();
                } catch (IOException e) {
                  throw new AssertionError("the echo takes no more", e);
                }
              });
      assertThat(stream.inputStream().readNBytes(there.length)).isEqualTo(there);
      writer.join();
    }
  }
}
