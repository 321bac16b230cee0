package io.picomux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class RoundTripTest {
  @ParameterizedTest
  @EnumSource
  void metadataAndBytesArriveAndHalfCloseEndsEachDirection(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      try (MuxStream near = pair.client().open("GET /".getBytes(UTF_8));
          MuxStream far = pair.server().accept()) {
        assertThat(far.metadata()).asString().isEqualTo("GET /");
        near.outputStream().write("question".getBytes(UTF_8));
        near.shutdownOutput();
        assertThat(far.inputStream().readAllBytes()).asString().isEqualTo("question");
        far.outputStream().write("answer".getBytes(UTF_8));
        far.shutdownOutput();
        assertThat(near.inputStream().readAllBytes()).asString().isEqualTo("answer");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void megabytesGoBothWaysAtOnce(SessionPair.Kind kind) throws Exception {
    byte[] data = new byte[20_000_000];
    new Random(1).nextBytes(data);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      Future<?> up = threads.submit(send(near, data));
      Future<?> down = threads.submit(send(far, data));
      Future<byte[]> atFar = threads.submit(() -> far.inputStream().readAllBytes());
      Future<byte[]> atNear = threads.submit(() -> near.inputStream().readAllBytes());
      up.get();
      down.get();
      assertThat(atFar.get()).isEqualTo(data);
      assertThat(atNear.get()).isEqualTo(data);
    }
  }

  private static Callable<Void> send(MuxStream stream, byte[] data) {
    return () -> {
      write(stream, data);
      stream.shutdownOutput();
      return null;
    };
  }

  private static void write(MuxStream stream, byte[] data) throws IOException {
    int chunk = 65_536;
    for (int i = 0; i < data.length; i += chunk) {
      stream.write(data, i, Math.min(chunk, data.length - i));
    }
  }
}
