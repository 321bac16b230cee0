package io.picomux;

import static io.picomux.Conditions.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.picomux.core.MuxLimits;
import io.picomux.core.StreamFailure;
import java.io.IOException;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Between two Java peers a stream that ends before its time is never taken for a clean end. */
@Timeout(60)
class ResetTest {
  @ParameterizedTest
  @EnumSource
  void aResetReachesThePeerAfterTheDataBeforeIt(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      agree(pair);
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      byte[] data = {1, 2, 3};
      near.write(data, 0, 3);
      assertThat(far.inputStream().readNBytes(3)).isEqualTo(data);
      near.reset();
      fails(() -> far.read(data, 0, 1), StreamFailure.RESET);
      fails(() -> far.write(data, 0, 1), StreamFailure.RESET);
    }
  }

  @Test
  void aResetAfterOurEndStillReachesThePeer() throws Exception {
    try (SessionPair pair = SessionPair.open(SessionPair.Kind.CHANNEL)) {
      agree(pair);
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      near.shutdownOutput();
      assertThat(far.read(new byte[1], 0, 1)).isEqualTo(-1);
      near.reset();
      fails(
          () -> {
            while (true) {
              far.write(new byte[100_000], 0, 100_000);
            }
          },
          StreamFailure.RESET);
    }
  }

  @Test
  void aRefusedStreamSaysSo() throws Exception {
    PicoMuxBuilder narrow =
        PicoMux.builder().limits(MuxLimits.builder().acceptQueueStreams(1).build());
    try (SessionPair pair = SessionPair.open(SessionPair.Kind.CHANNEL, PicoMux.builder(), narrow)) {
      agree(pair);
      MuxStream first = pair.client().open(new byte[0]);
      MuxStream second = pair.client().open(new byte[0]);
      fails(() -> second.read(new byte[1], 0, 1), StreamFailure.REFUSED);
      MuxStream accepted = pair.server().accept();
      accepted.write(new byte[] {7}, 0, 1);
      assertThat(first.inputStream().read()).isEqualTo(7);
    }
  }

  /** The writer's call fails, so what the peer has is not all. */
  @ParameterizedTest
  @EnumSource
  void aWriteThatTheCloseOfItsSessionCutsShortReachesThePeerAsAReset(SessionPair.Kind kind)
      throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      agree(pair);
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      Background<?> write = writeMuch(near);
      until(() -> near.stats().waitsFor() == StreamStats.WaitsFor.PEER_CREDIT);
      pair.client().closeAsync();
      assertThatThrownBy(write::get).isInstanceOf(IOException.class);
      fails(() -> far.inputStream().readAllBytes(), StreamFailure.RESET);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWriteThatTheCloseOfItsStreamCutsShortReachesThePeerAsAReset(SessionPair.Kind kind)
      throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      agree(pair);
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      Background<?> write = writeMuch(near);
      until(() -> near.stats().waitsFor() == StreamStats.WaitsFor.PEER_CREDIT);
      near.close();
      fails(write::get, StreamFailure.CLOSED);
      fails(() -> far.inputStream().readAllBytes(), StreamFailure.RESET);
    }
  }

  /** A handler between two writes: what it has written by then is on its way still. */
  @ParameterizedTest
  @EnumSource
  void aWriteAfterTheCloseOfItsSessionReachesThePeerAsAReset(SessionPair.Kind kind)
      throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      agree(pair);
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      near.write(new byte[100_000], 0, 100_000);
      pair.client().closeAsync();
      assertThatThrownBy(() -> near.write(new byte[1], 0, 1)).isInstanceOf(IOException.class);
      fails(() -> far.inputStream().readAllBytes(), StreamFailure.RESET);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStreamThatNobodyAcceptedIsResetWhenItsSessionIsClosed(SessionPair.Kind kind)
      throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      agree(pair);
      MuxStream near = pair.client().open(new byte[0]);
      near.write(new byte[] {1}, 0, 1);
      near.shutdownOutput();
      until(() -> pair.server().stats().core().waitingStreams() == 1);
      pair.server().closeAsync();
      fails(() -> near.inputStream().read(), StreamFailure.RESET);
    }
  }

  private static Background<?> writeMuch(MuxStream stream) {
    int size = 10_000_000;
    return Background.start(() -> {
      stream.write(new byte[size], 0, size);
      return null;
    });
  }

  @Test
  void aPeerThatHasNotOfferedItSeesAnEnd() throws Exception {
    try (SessionPair pair =
        SessionPair.open(
            SessionPair.Kind.CHANNEL, PicoMux.builder().crateProfile(), PicoMux.builder())) {
      agree(pair);
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      far.reset();
      assertThat(near.read(new byte[1], 0, 1)).isEqualTo(-1);
    }
  }

  /** Waits until each side has had the other's first PING, which carries its offers. */
  private static void agree(SessionPair pair) throws IOException {
    pair.client().ping(Duration.ofSeconds(30));
    pair.server().ping(Duration.ofSeconds(30));
  }

  private static void fails(ThrowingCallable call, StreamFailure reason) {
    assertThatThrownBy(call)
        .asInstanceOf(type(StreamException.class))
        .extracting(StreamException::reason)
        .isEqualTo(reason);
  }
}
