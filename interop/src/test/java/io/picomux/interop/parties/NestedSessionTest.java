package io.picomux.interop.parties;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.MuxException;
import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.SessionException;
import io.picomux.core.SessionEnd;
import io.picomux.socket.MuxSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A session inside a stream of another session, which knows nothing of it. */
@Timeout(120)
class NestedSessionTest {

  /** How the inner session uses the outer stream. */
  enum Layer {
    STREAMS {
      @Override
      PicoMux over(MuxStream stream) throws IOException {
        return PicoMux.over(stream.inputStream(), stream.outputStream());
      }
    },
    SOCKET {
      @Override
      PicoMux over(MuxStream stream) throws IOException {
        return PicoMux.over(new MuxSocket(stream));
      }
    };

    abstract PicoMux over(MuxStream stream) throws IOException;
  }

  private static final int STREAMS = 8;
  private static final int BYTES = 2_000_000;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    threads.close();
  }

  @ParameterizedTest
  @EnumSource
  void streamsOfTheInnerSessionCarryDataBothWaysAtOnce(Layer layer) throws Exception {
    try (Loopback outer = Loopback.connect();
        Loopback inner = inside(outer, layer)) {
      List<Future<?>> transfers = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        byte[] up = Bytes.random(2L * i, BYTES);
        byte[] down = Bytes.random(2L * i + 1, BYTES);
        MuxStream near = inner.client().open(new byte[0]);
        MuxStream far = inner.server().accept();
        transfers.add(threads.submit(sending(near, up)));
        transfers.add(threads.submit(sending(far, down)));
        transfers.add(threads.submit(receiving(near, down)));
        transfers.add(threads.submit(receiving(far, up)));
      }
      for (Future<?> transfer : transfers) {
        transfer.get();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void closingTheInnerSessionLeavesTheOuterOne(Layer layer) throws Exception {
    try (Loopback outer = Loopback.connect()) {
      MuxStream near;
      MuxStream far;
      try (Loopback inner = inside(outer, layer)) {
        near = inner.client().open("inside".getBytes(UTF_8));
        far = inner.server().accept();
        near.outputStream().write(1);
        assertThat(far.inputStream().read()).isEqualTo(1);
      }
      assertThat(hasEnded(near)).isTrue();
      assertThat(hasEnded(far)).isTrue();
      assertThatThrownBy(() -> near.outputStream().write(1)).isInstanceOf(MuxException.class);
      assertThatThrownBy(() -> far.outputStream().write(1)).isInstanceOf(MuxException.class);

      assertThat(outer.client().isAlive()).isTrue();
      assertThat(outer.server().isAlive()).isTrue();
      MuxStream next = outer.client().open("outside".getBytes(UTF_8));
      assertThat(outer.server().accept().metadata()).asString().isEqualTo("outside");
      next.close();
    }
  }

  /** The FIN of a peer that closes first is a clean end; without it the read fails. */
  private static boolean hasEnded(MuxStream stream) throws IOException {
    try {
      return stream.inputStream().read() < 0;
    } catch (MuxException e) {
      return true;
    }
  }

  @ParameterizedTest
  @EnumSource
  void theEndOfTheOuterSessionEndsTheInnerOneWithItsCause(Layer layer) throws Exception {
    Loopback outer = Loopback.connect();
    Loopback inner = inside(outer, layer);
    MuxStream near = inner.client().open(new byte[0]);
    MuxStream far = inner.server().accept();
    far.outputStream().write(1);
    assertThat(near.inputStream().read()).isEqualTo(1);
    Future<Integer> reading = threads.submit(() -> near.inputStream().read());

    outer.client().abort();
    assertThatThrownBy(reading::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            SessionException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(SessionEnd.TRANSPORT_FAILED);
              assertThat(e).hasRootCauseInstanceOf(SessionException.class);
              assertThat(e)
                  .rootCause()
                  .isInstanceOfSatisfying(
                      SessionException.class,
                      root -> assertThat(root.reason()).isEqualTo(SessionEnd.ABORTED));
            });
    assertThat(inner.client().awaitTermination(Duration.ofSeconds(30))).isTrue();
    assertThat(inner.server().awaitTermination(Duration.ofSeconds(30))).isTrue();
    assertThat(inner.server().onTermination().get().reason())
        .isEqualTo(SessionEnd.TRANSPORT_FAILED);
    assertThatThrownBy(() -> inner.client().open(new byte[0])).isInstanceOf(SessionException.class);
  }

  /** Begins a session whose two ends are the two ends of a new stream of the outer one. */
  private static Loopback inside(Loopback outer, Layer layer) throws IOException {
    MuxStream near = outer.client().open("a session".getBytes(UTF_8));
    return new Loopback(layer.over(near), layer.over(outer.server().accept()));
  }

  private static Callable<Void> sending(MuxStream stream, byte[] data) {
    return () -> {
      stream.outputStream().write(data);
      stream.shutdownOutput();
      return null;
    };
  }

  private static Callable<Void> receiving(MuxStream stream, byte[] expected) {
    return () -> {
      byte[] received = stream.inputStream().readAllBytes();
      assertThat(Bytes.sha256(received)).isEqualTo(Bytes.sha256(expected));
      return null;
    };
  }
}
