package io.picomux;

import static io.picomux.Conditions.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.Command;
import io.picomux.core.MuxConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bursts of small writes, which are gathered into full frames, and what ends the gathering. */
@Timeout(60)
class SmallWritesTest {
  private static final int FEW_WRITES = 900;

  /** Of one byte: less than a stream's queue, so that none of them waits. */
  private static final int MANY_WRITES = 200_000;

  private static final int WRITE_BYTES = 100;

  private final NotingDriver driver = new NotingDriver();
  private final PicoMux mux;
  private final MuxStream stream;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  SmallWritesTest() throws IOException {
    SessionOptions options = new SessionOptions(Runnable::run, Thread.ofVirtual().factory(), null);
    mux = new PicoMux(MuxConfig.DEFAULT, options, 1, of -> driver);
    stream = mux.open(new byte[0]);
  }

  @AfterEach
  void end() {
    mux.abort();
    threads.close();
  }

  @Test
  void fewWritesLeaveAtOnce() throws Exception {
    int before = driver.now.get();
    burst(FEW_WRITES);
    assertThat(driver.now.get() - before).isEqualTo(FEW_WRITES);
    assertThat(driver.soon).hasValue(0);
  }

  @Test
  void aBurstIsGathered() throws Exception {
    burst(MANY_WRITES);
    assertThat(driver.soon.get()).isGreaterThan(MANY_WRITES / 2);
    assertThat(driver.pendingBytes).isEqualTo(MANY_WRITES);
  }

  @Test
  void flushEndsTheWait() throws Exception {
    burst(MANY_WRITES);
    int before = driver.now.get();
    stream.flush();
    assertThat(driver.now).hasValue(before + 1);
    OutputStream output = stream.outputStream();
    output.flush();
    assertThat(driver.now).hasValue(before + 2);
  }

  @Test
  void aReaderThatWaitsEndsTheWait() throws Exception {
    burst(MANY_WRITES);
    int before = driver.now.get();
    Future<Integer> reader = threads.submit(() -> stream.inputStream().read());
    until(() -> driver.now.get() > before);
    assertThat(reader.isDone()).isFalse();
    stream.shutdownInput();
    assertThat(reader.get()).isEqualTo(-1);
  }

  @Test
  void nothingIsGatheredWhileSomebodyWaitsForTheAnswer() throws Exception {
    Future<Integer> reader = threads.submit(() -> stream.inputStream().read());
    until(() -> stream.input().isAwaited());
    burst(MANY_WRITES);
    assertThat(driver.soon).hasValue(0);
    stream.shutdownInput();
    assertThat(reader.get()).isEqualTo(-1);
  }

  @Test
  void nothingIsGatheredWhileAListenerWaitsForTheAnswer() throws Exception {
    stream.onReadable(() -> {});
    burst(MANY_WRITES);
    assertThat(driver.soon).hasValue(0);
  }

  @Test
  void theEndOfTheOutputEndsTheWait() throws Exception {
    burst(MANY_WRITES);
    int before = driver.now.get();
    stream.shutdownOutput();
    assertThat(driver.now.get()).isGreaterThan(before);
  }

  @Test
  void closingEndsTheWait() throws Exception {
    burst(MANY_WRITES);
    int before = driver.now.get();
    stream.close();
    assertThat(driver.now.get()).isGreaterThan(before);
  }

  /** Over a real connection: frames get full, and the last bytes arrive although nobody flushes. */
  @Test
  void aBurstFillsFramesAndItsTailArrives() throws Exception {
    AtomicInteger longestBodyBytes = new AtomicInteger();
    PicoMuxBuilder listening =
        PicoMux.builder()
            .frameListener((outgoing, command, streamId, bodyBytes) -> {
              if (outgoing && command == Command.PSH) {
                longestBodyBytes.accumulateAndGet(bodyBytes, Math::max);
              }
            });
    try (SessionPair pair =
        SessionPair.open(SessionPair.Kind.CHANNEL, listening, PicoMux.builder())) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      AtomicInteger received = new AtomicInteger();
      Future<?> reader =
          threads.submit(() -> {
            byte[] some = new byte[65_536];
            int n;
            while ((n = far.read(some, 0, some.length)) >= 0) {
              received.addAndGet(n);
            }
            return null;
          });
      byte[] message = new byte[WRITE_BYTES];
      int sent = 0;
      while (longestBodyBytes.get() < 8192) {
        near.write(message, 0, message.length);
        sent += message.length;
      }
      int all = sent;
      until(() -> received.get() == all);
      near.shutdownOutput();
      reader.get();
      assertThat(received).hasValue(all);
    }
  }

  private void burst(int writes) throws IOException {
    byte[] one = new byte[1];
    for (int i = 0; i < writes; i++) {
      stream.write(one, 0, 1);
    }
  }

  /** Counts what it is asked for. */
  private static final class NotingDriver extends StillDriver {
    final AtomicInteger now = new AtomicInteger();
    final AtomicInteger soon = new AtomicInteger();
    volatile int pendingBytes;

    @Override
    public void requestWrite(int callerBytes) {
      now.incrementAndGet();
    }

    @Override
    public void requestWriteSoon(int newPendingBytes) {
      pendingBytes = newPendingBytes;
      soon.incrementAndGet();
    }

    @Override
    public boolean gathers() {
      return true;
    }
  }
}
