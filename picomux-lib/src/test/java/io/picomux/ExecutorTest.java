package io.picomux;

import static io.picomux.Conditions.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.core.Command;
import io.picomux.core.SessionEnd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Executors, listeners and callbacks that misbehave hurt nobody else. */
@Timeout(60)
class ExecutorTest {
  private static final Executor REJECTING =
      task -> {
        throw new RejectedExecutionException("shut down");
      };

  @ParameterizedTest
  @EnumSource
  void anExecutorThatRejectsLosesNoCallback(SessionPair.Kind kind) throws Exception {
    PicoMuxBuilder rejecting = PicoMux.builder().executor(REJECTING);
    try (SessionPair pair = SessionPair.open(kind, rejecting, rejecting)) {
      CompletableFuture<MuxStream> accepting = pair.server().acceptAsync();
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = accepting.get();
      Semaphore readable = new Semaphore(0);
      far.onReadable(readable::release);
      near.write(new byte[] {1}, 0, 1);
      readable.acquire();
      assertThat(far.tryRead(ByteBuffer.allocate(1))).isEqualTo(1);
      assertThat(pair.client().pingAsync().get()).isPositive();
      CompletableFuture<MuxStream> never = pair.server().acceptAsync();
      pair.client().close();
      Throwing.failsSession(
          () -> {
            try {
              never.get();
            } catch (ExecutionException e) {
              throw e.getCause();
            }
          },
          SessionEnd.PEER_CLOSED);
      assertThat(pair.client().onTermination().get().reason()).isEqualTo(SessionEnd.CLOSED);
    }
  }

  /**
   * Such an executor runs callbacks on the threads that move the bytes; they must hold no lock
   * then.
   */
  @ParameterizedTest
  @EnumSource
  void anExecutorThatRunsTasksWhereItIsCalledDeadlocksNothing(SessionPair.Kind kind)
      throws Exception {
    PicoMuxBuilder direct = PicoMux.builder().executor(Runnable::run);
    try (SessionPair pair = SessionPair.open(kind, direct, direct)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      far.onReadable(() -> answerEnd(far));
      int size = 2_000_000;
      near.write(new byte[size], 0, size);
      near.shutdownOutput();
      assertThat(near.inputStream().readAllBytes()).containsExactly(42);
      assertThat(far.stats().bytesRead()).isEqualTo(size);
      CompletableFuture<Duration> chained =
          pair.client().pingAsync().thenCompose(latency -> pair.client().pingAsync());
      assertThat(chained.get()).isPositive();
    }
  }

  /** Many streams at once, with callbacks on the threads that read at both ends. */
  @ParameterizedTest
  @EnumSource
  void callbacksWhereTheyAreCalledAnswerEachOther(SessionPair.Kind kind) throws Exception {
    int streams = 40;
    int rounds = 200;
    PicoMuxBuilder direct = PicoMux.builder().executor(Runnable::run);
    try (SessionPair pair = SessionPair.open(kind, direct, direct)) {
      CompletableFuture<Void> failed = new CompletableFuture<>();
      acceptEchoes(pair.server(), streams, failed);
      List<CompletableFuture<Void>> done = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        Asker asker = new Asker(pair.client().open(new byte[0]), i * rounds, rounds);
        done.add(asker.done);
        asker.start();
      }
      CompletableFuture<Void> allDone =
          CompletableFuture.allOf(done.toArray(CompletableFuture[]::new));
      CompletableFuture.anyOf(allDone, failed).get();
    }
  }

  /** What they write and read by turns goes without queues, as far as there is room. */
  @ParameterizedTest
  @EnumSource
  void muchThatCallbacksWriteWhereTheyAreCalledArrivesAtOthers(SessionPair.Kind kind)
      throws Exception {
    int streams = 20;
    int size = 3_000_000;
    PicoMuxBuilder direct = PicoMux.builder().executor(Runnable::run);
    try (SessionPair pair = SessionPair.open(kind, direct, direct)) {
      List<CompletableFuture<Integer>> counts = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        MuxStream near = pair.client().open(new byte[0]);
        Reader reader = new Reader(pair.server().accept(), 1000 * (i + 1) + i);
        counts.add(reader.count);
        reader.stream.onReadable(reader);
        near.onWritable(new Writer(near, size, reader.count));
      }
      for (CompletableFuture<Integer> count : counts) {
        assertThat(count.get()).isEqualTo(size);
      }
    }
  }

  /** It waits for room on the thread that would read the grant of more: for what is granted. */
  @ParameterizedTest
  @EnumSource
  void aCallbackThatWritesWhatIsGrantedDoesNotWaitForItself(SessionPair.Kind kind)
      throws Exception {
    PicoMuxBuilder direct = PicoMux.builder().executor(Runnable::run);
    int size = 60_000;
    try (SessionPair pair = SessionPair.open(kind, PicoMux.builder(), direct)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      far.onReadable(() -> {
        try {
          far.write(new byte[size], 0, size);
          far.shutdownOutput();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
      near.write(new byte[1], 0, 1);
      assertThat(near.inputStream().readAllBytes()).hasSize(size);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFrameListenerThatThrowsIsNotCalledAgainAndTheSessionGoesOn(SessionPair.Kind kind)
      throws Exception {
    Semaphore calls = new Semaphore(0);
    PicoMuxBuilder settings =
        PicoMux.builder()
            .frameListener((outgoing, command, streamId, bodyBytes) -> {
              calls.release();
              throw new IllegalStateException("thrown by the frame listener");
            });
    try (SessionPair pair = SessionPair.open(kind, settings, PicoMux.builder())) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      far.write(new byte[] {1, 2, 3}, 0, 3);
      far.shutdownOutput();
      assertThat(near.inputStream().readAllBytes()).containsExactly(1, 2, 3);
      // Reader and writer may each have been inside when the first one failed.
      assertThat(calls.availablePermits()).isBetween(1, 2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFrameListenerThatFailsWithAnErrorDoesNotEndTheSession(SessionPair.Kind kind)
      throws Exception {
    PicoMuxBuilder settings =
        PicoMux.builder()
            .frameListener((outgoing, command, streamId, bodyBytes) -> {
              throw new AssertionError("thrown by the frame listener");
            });
    try (SessionPair pair = SessionPair.open(kind, settings, PicoMux.builder())) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      far.write(new byte[] {1, 2, 3}, 0, 3);
      far.shutdownOutput();
      assertThat(near.inputStream().readAllBytes()).containsExactly(1, 2, 3);
      assertThat(pair.client().isAlive()).isTrue();
    }
  }

  /** The peer does not end its direction, so that whoever waits for it waits for seconds. */
  @ParameterizedTest
  @EnumSource
  void aCloseOnAThreadThatMovesBytesDoesNotWait(SessionPair.Kind kind) throws Exception {
    CompletableFuture<Boolean> aliveAfterClose = new CompletableFuture<>();
    try (RawPeer peer = RawPeer.of(kind, PicoMux.builder().executor(Runnable::run))) {
      peer.send(Command.SYN, 1);
      MuxStream stream = peer.mux().accept();
      stream.onReadable(() -> {
        peer.mux().close();
        aliveAfterClose.complete(peer.mux().isAlive());
      });
      peer.send(Command.PSH, 1, new byte[1]);
      peer.readToEnd();
      // The close is under way still: it has left the thread to the session.
      assertThat(aliveAfterClose.get()).isTrue();
      peer.endOutput();
      assertThat(peer.mux().onTermination().get().reason()).isEqualTo(SessionEnd.CLOSED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDrainOnAThreadThatMovesBytesDoesNotWait(SessionPair.Kind kind) throws Exception {
    CompletableFuture<Boolean> aliveAfterDrain = new CompletableFuture<>();
    try (RawPeer peer = RawPeer.of(kind, PicoMux.builder().executor(Runnable::run))) {
      peer.send(Command.SYN, 1);
      MuxStream stream = peer.mux().accept();
      stream.onReadable(() -> {
        peer.mux().drain(Duration.ofSeconds(20));
        aliveAfterDrain.complete(peer.mux().isAlive());
      });
      peer.send(Command.PSH, 1, new byte[1]);
      assertThat(aliveAfterDrain.get()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aReadableListenerThatThrowsIsCalledAgain(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      Semaphore calls = new Semaphore(0);
      far.onReadable(() -> {
        calls.release();
        throw new IllegalStateException("thrown by the listener");
      });
      for (int i = 0; i < 3; i++) {
        near.write(new byte[] {1}, 0, 1);
        calls.acquire();
        assertThat(far.tryRead(ByteBuffer.allocate(1))).isEqualTo(1);
        assertThat(far.tryRead(ByteBuffer.allocate(1))).isZero();
      }
    }
  }

  @Test
  void listenersOfBytesHearExactlyWhatWasMoved() throws Exception {
    try (SessionPair pair = SessionPair.open(SessionPair.Kind.CHANNEL)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      long[] written = new long[1];
      long[] read = new long[1];
      near.onWrite(n -> written[0] += n);
      far.onRead(n -> read[0] += n);
      near.write(new byte[100], 10, 50);
      near.tryWrite(ByteBuffer.allocate(7));
      near.shutdownOutput();
      far.inputStream().readAllBytes();
      assertThat(written[0]).isEqualTo(57);
      assertThat(read[0]).isEqualTo(57);
    }
  }

  @Test
  void aSessionEndsWithItsNameWhenItsThreadsCannotStart() throws Exception {
    long before = PicoMux.processStats().sessionsLive();
    Socket[] ends = SessionPair.sockets();
    AtomicBoolean made = new AtomicBoolean();
    try (Socket peer = ends[1]) {
      PicoMuxBuilder settings =
          PicoMux.builder()
              .threadFactory(task -> {
                Thread thread = Thread.ofPlatform().unstarted(task);
                thread.start();
                if (!made.compareAndSet(false, true)) {
                  // The writer runs before there is a session: it must not find a part of one.
                  until(() -> !isRunning(thread));
                }
                return thread;
              });
      assertThatThrownBy(() -> settings.over(ends[0]))
          .isInstanceOf(IllegalThreadStateException.class);
      until(ends[0]::isClosed);
      assertThat(peer.isConnected()).isTrue();
    }
    // Sessions of earlier tests may end meanwhile.
    until(() -> PicoMux.processStats().sessionsLive() <= before);
  }

  private static boolean isRunning(Thread thread) {
    return thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TERMINATED;
  }

  private static void acceptEchoes(PicoMux session, int left, CompletableFuture<Void> failed) {
    if (left > 0) {
      CompletableFuture<Void> unused =
          session
              .acceptAsync()
              .thenAccept(stream -> {
                stream.onReadable(() -> echo(stream, failed));
                acceptEchoes(session, left - 1, failed);
              });
    }
  }

  private static void echo(MuxStream stream, CompletableFuture<Void> failed) {
    try {
      ByteBuffer buffer = ByteBuffer.allocate(64);
      while (stream.tryRead(buffer.clear()) > 0) {
        buffer.flip();
        stream.tryWrite(buffer);
        assertThat(buffer.hasRemaining()).isFalse();
      }
    } catch (IOException | RuntimeException | Error e) {
      failed.completeExceptionally(e);
    }
  }

  /** Sends numbers on a stream, each when the one before has come back. Guarded by itself. */
  private static final class Asker {
    final CompletableFuture<Void> done = new CompletableFuture<>();
    private final MuxStream stream;
    private final int end;
    private final ByteBuffer answer = ByteBuffer.allocate(Integer.BYTES);
    private int asked;

    Asker(MuxStream stream, int first, int rounds) {
      this.stream = stream;
      this.asked = first;
      this.end = first + rounds;
    }

    synchronized void start() throws IOException {
      stream.onReadable(this::onReadable);
      ask();
    }

    private void ask() throws IOException {
      assertThat(stream.tryWrite(ByteBuffer.allocate(Integer.BYTES).putInt(asked).flip()))
          .isEqualTo(Integer.BYTES);
    }

    private synchronized void onReadable() {
      try {
        while (stream.tryRead(answer) > 0) {
          if (!answer.hasRemaining()) {
            assertThat(answer.getInt(0)).isEqualTo(asked);
            answer.clear();
            askNext();
          }
        }
      } catch (IOException | RuntimeException | Error e) {
        done.completeExceptionally(e);
      }
    }

    private void askNext() throws IOException {
      asked++;
      if (asked == end) {
        done.complete(null);
      } else {
        ask();
      }
    }
  }

  /** Writes bytes that tell their place, as many at a time as the stream takes, and the end. */
  private static final class Writer implements Runnable {
    private final MuxStream stream;
    private final CompletableFuture<Integer> failed;
    private final ByteBuffer bytes;

    Writer(MuxStream stream, int size, CompletableFuture<Integer> failed) {
      this.stream = stream;
      this.failed = failed;
      this.bytes = ByteBuffer.allocate(size);
      for (int i = 0; i < size; i++) {
        bytes.put(i, (byte) (i % 251));
      }
    }

    @Override
    public synchronized void run() {
      try {
        while (bytes.hasRemaining()) {
          int length = Math.min(bytes.remaining(), 50_000);
          ByteBuffer part = bytes.slice(bytes.position(), length);
          stream.tryWrite(part);
          bytes.position(bytes.position() + part.position());
          if (part.hasRemaining()) {
            return;
          }
        }
        stream.shutdownOutput();
      } catch (IOException | RuntimeException e) {
        failed.completeExceptionally(e);
      }
    }
  }

  /** Reads some bytes at a time, but not always all that are there. */
  private static final class Reader implements Runnable {
    final MuxStream stream;
    final CompletableFuture<Integer> count = new CompletableFuture<>();
    private final ByteBuffer bytes;
    private int received;

    Reader(MuxStream stream, int readBytes) {
      this.stream = stream;
      this.bytes = ByteBuffer.allocate(readBytes);
    }

    @Override
    public synchronized void run() {
      try {
        int n;
        while ((n = stream.tryRead(bytes.clear())) > 0) {
          for (int i = 0; i < n; i++) {
            assertThat(bytes.get(i)).isEqualTo((byte) ((received + i) % 251));
          }
          received += n;
          if (received % 3 == 0) {
            // What is left is read in another call.
            stream.onReadable(this);
            return;
          }
        }
        if (n < 0) {
          count.complete(received);
        }
      } catch (IOException | RuntimeException | Error e) {
        count.completeExceptionally(e);
      }
    }
  }

  /** Takes what is there; answers the end with a byte. */
  private static void answerEnd(MuxStream stream) {
    try {
      ByteBuffer buffer = ByteBuffer.allocate(8192);
      int n;
      while ((n = stream.tryRead(buffer.clear())) > 0) {
        assertThat(buffer.position()).isEqualTo(n);
      }
      if (n < 0) {
        stream.tryWrite(ByteBuffer.wrap(new byte[] {42}));
        stream.shutdownOutput();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
