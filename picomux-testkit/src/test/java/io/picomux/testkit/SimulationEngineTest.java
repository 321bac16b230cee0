package io.picomux.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.PicoMuxBuilder;
import io.picomux.SessionException;
import io.picomux.StreamException;
import io.picomux.core.LivenessConfig;
import io.picomux.core.SessionEnd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The sessions of the library on a virtual clock: exact by seed, without a thread. */
@Timeout(60)
class SimulationEngineTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Simulation simulation = new Simulation(7);
  private final SimulatedConnection connection =
      simulation.connect(PicoMux.builder(), PicoMux.builder(), LinkProfile.CITY);

  @Test
  void bytesGoThereAndBack() {
    Echo.serve(connection.server());
    Caller caller = new Caller(connection.client(), new Random(1), 3_000_000);
    simulation.run(MINUTE);
    caller.assertAnswered();
    connection.client().closeAsync();
    simulation.run(MINUTE);
    assertThat(reason(connection.client())).isEqualTo(SessionEnd.CLOSED);
    assertThat(reason(connection.server())).isEqualTo(SessionEnd.PEER_CLOSED);
    assertThat(simulation.unreadBytes()).isZero();
  }

  @Test
  void aSessionRunsInsideAStreamOfAnother() {
    CompletableFuture<MuxStream> accepted = connection.server().acceptAsync();
    MuxStream near = now(connection.client().openAsync(new byte[0]));
    simulation.run(Duration.ofSeconds(1));
    PicoMux client = simulation.over(near, PicoMux.builder()).mux();
    NestedSession server = simulation.over(now(accepted), PicoMux.builder());
    Echo.serve(server.mux());
    Caller caller = new Caller(client, new Random(1), 1_000_000);
    simulation.run(MINUTE);
    caller.assertAnswered();
    assertThat(server.deliveredBytes()).isGreaterThan(1_000_000);
    client.closeAsync();
    simulation.run(MINUTE);
    assertThat(reason(client)).isEqualTo(SessionEnd.CLOSED);
    assertThat(reason(server.mux())).isEqualTo(SessionEnd.PEER_CLOSED);
    assertThat(connection.client().stats().core().liveStreams()).isZero();
  }

  @Test
  void aSessionInsideAStreamFailsWithIt() {
    CompletableFuture<MuxStream> accepted = connection.server().acceptAsync();
    MuxStream near = now(connection.client().openAsync(new byte[0]));
    simulation.run(Duration.ofSeconds(1));
    PicoMux client = simulation.over(near, PicoMux.builder()).mux();
    PicoMux server = simulation.over(now(accepted), PicoMux.builder()).mux();
    simulation.run(Duration.ofSeconds(1));
    connection.cut();
    simulation.run(Duration.ofSeconds(1));
    assertThat(reason(client)).isEqualTo(SessionEnd.TRANSPORT_FAILED);
    assertThat(reason(server)).isEqualTo(SessionEnd.TRANSPORT_FAILED);
  }

  @Test
  void theSameSeedGivesTheSameTranscript() {
    for (long seed = 1; seed <= 20; seed++) {
      assertThat(manyCalls(seed)).as("seed %d", seed).isEqualTo(manyCalls(seed));
    }
    assertThat(manyCalls(1)).isNotEqualTo(manyCalls(2));
  }

  private static List<String> manyCalls(long seed) {
    Simulation simulation = new Simulation(seed);
    simulation.delayCallbacks(3_000_000);
    SimulatedConnection connection =
        simulation.connect(PicoMux.builder(), PicoMux.builder(), LinkProfile.CITY);
    Random random = new Random(seed);
    Echo.serve(connection.server());
    Echo.serve(connection.client());
    List<Caller> callers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      PicoMux from = random.nextBoolean() ? connection.client() : connection.server();
      int bytes = random.nextInt(40_000);
      simulation
          .clock()
          .at(random.nextInt(200) * 1_000_000L, () -> callers.add(new Caller(from, random, bytes)));
    }
    simulation.run(MINUTE);
    callers.forEach(Caller::assertAnswered);
    connection.server().drainAsync(MINUTE);
    simulation.run(MINUTE);
    assertThat(connection.client().isAlive()).isFalse();
    assertThat(connection.server().isAlive()).isFalse();
    return simulation.transcript();
  }

  @Test
  void aCloseWaitsForWhatWasWrittenAndForThePeer() {
    MuxStream stream = now(connection.client().openAsync(new byte[0]));
    write(stream, new byte[60_000]);
    connection.client().closeAsync();
    assertThat(connection.client().isAlive()).isTrue();
    assertThat(connection.client().openAsync(new byte[0])).isCompletedExceptionally();
    simulation.run(MINUTE);
    assertThat(connection.server().stats().core().dataBytesReceived()).isEqualTo(60_000);
    assertThat(reason(connection.client())).isEqualTo(SessionEnd.CLOSED);
    assertThat(reason(connection.server())).isEqualTo(SessionEnd.PEER_CLOSED);
  }

  @Test
  void aCloseGivesUpWhenNothingCanBeDelivered() {
    simulation.run(Duration.ofSeconds(1));
    connection.toServer().stall(Long.MAX_VALUE);
    MuxStream stream = now(connection.client().openAsync(new byte[0]));
    write(stream, new byte[200_000]);
    CompletableFuture<SessionException> end = connection.client().closeAsync();
    simulation.run(Duration.ofSeconds(29));
    assertThat(end).isNotDone();
    simulation.run(Duration.ofSeconds(2));
    assertThat(now(end).reason()).isEqualTo(SessionEnd.CLOSED);
    assertThat(now(end)).hasMessageContaining("before all was delivered");
  }

  @Test
  void aDrainEndsWithTheLastStreamOrInTime() {
    MuxStream stream = now(connection.client().openAsync(new byte[0]));
    CompletableFuture<MuxStream> accepted = connection.server().acceptAsync();
    simulation.run(Duration.ofSeconds(1));
    CompletableFuture<SessionException> end =
        connection.server().drainAsync(Duration.ofSeconds(40));
    simulation.run(Duration.ofSeconds(39));
    assertThat(end).isNotDone();
    CompletableFuture<SessionException> sooner =
        connection.server().drainAsync(Duration.ofHours(1));
    simulation.run(MINUTE);
    assertThat(end).isNotDone();
    stream.close();
    now(accepted).close();
    simulation.run(Duration.ofSeconds(1));
    assertThat(now(end).reason()).isEqualTo(SessionEnd.CLOSED);
    assertThat(now(sooner).reason()).isEqualTo(SessionEnd.CLOSED);
    assertThat(reason(connection.client())).isEqualTo(SessionEnd.PEER_CLOSED);
  }

  @Test
  void aDrainThatTakesTooLongClosesTheStreams() {
    MuxStream stream = now(connection.client().openAsync(new byte[0]));
    CompletableFuture<MuxStream> accepted = connection.server().acceptAsync();
    simulation.run(Duration.ofSeconds(1));
    CompletableFuture<SessionException> end =
        connection.server().drainAsync(Duration.ofSeconds(40));
    simulation.run(Duration.ofSeconds(42));
    assertThat(failureOfRead(now(accepted))).isInstanceOf(SessionException.class);
    assertThat(now(end).reason()).isEqualTo(SessionEnd.CLOSED);
    assertThat(connection.client().isAlive()).isFalse();
    assertThat(stream.isOpen()).isTrue();
  }

  /** Two connections on one clock: each stream of the one goes on as a stream of the other. */
  @Test
  void aRelayPassesStreamsFromOneSessionToAnother() {
    simulation.delayCallbacks(5_000_000);
    SimulatedConnection second =
        simulation.connect(PicoMux.builder(), PicoMux.builder(), LinkProfile.CITY);
    Relay.serve(connection.server(), second.client());
    Echo.serve(second.server());
    List<Caller> callers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      callers.add(new Caller(connection.client(), new Random(i), 100_000 * i));
    }
    second.toClient().stall(Duration.ofSeconds(20).toNanos());
    simulation.run(MINUTE);
    callers.forEach(Caller::assertAnswered);
    connection.client().closeAsync();
    second.server().closeAsync();
    simulation.run(MINUTE);
    assertThat(reason(connection.server())).isEqualTo(SessionEnd.PEER_CLOSED);
    assertThat(reason(second.client())).isEqualTo(SessionEnd.PEER_CLOSED);
    assertThat(simulation.unreadBytes()).isZero();
  }

  @Test
  void aCutFailsBothEnds() {
    MuxStream stream = now(connection.client().openAsync(new byte[0]));
    simulation.run(Duration.ofSeconds(1));
    connection.cut();
    simulation.run(Duration.ofMillis(1));
    assertThat(reason(connection.client())).isEqualTo(SessionEnd.TRANSPORT_FAILED);
    assertThat(reason(connection.server())).isEqualTo(SessionEnd.TRANSPORT_FAILED);
    assertThat(failureOfRead(stream)).isInstanceOf(SessionException.class);
  }

  @Test
  void anEndInTheMiddleOfAFrameIsATruncation() {
    MuxStream stream = now(connection.client().openAsync(new byte[0]));
    write(stream, new byte[60_000]);
    simulation.run(Duration.ofMillis(6));
    connection.truncate();
    simulation.run(Duration.ofSeconds(1));
    assertThat(reason(connection.server())).isEqualTo(SessionEnd.TRUNCATED);
    assertThat(reason(connection.client())).isEqualTo(SessionEnd.TRUNCATED);
  }

  @Test
  void silenceOfOneDirectionIsNoticedWithinTheTimeoutOfLiveness() {
    simulation.run(Duration.ofSeconds(1));
    connection.toClient().silence();
    CompletableFuture<Duration> ping = connection.client().pingAsync();
    simulation.run(Duration.ofSeconds(29));
    assertThat(connection.client().isAlive()).isTrue();
    simulation.run(Duration.ofSeconds(2));
    assertThat(ping).isCompletedExceptionally();
    assertThat(reason(connection.client())).isEqualTo(SessionEnd.TIMED_OUT);
    simulation.run(Duration.ofSeconds(1));
    assertThat(connection.server().isAlive()).isFalse();
  }

  @Test
  void aListenerIsToldOfASilentPeerByThePeriodicPing() {
    PicoMuxBuilder builder =
        PicoMux.builder()
            .liveness(LivenessConfig.of(MINUTE, Duration.ofSeconds(5), Duration.ofSeconds(15)));
    SimulatedConnection other = simulation.connect(builder, builder, LinkProfile.CITY);
    MuxStream stream = now(other.client().openAsync(new byte[0]));
    int[] calls = {0};
    stream.onReadable(() -> calls[0]++);
    simulation.run(Duration.ofSeconds(1));
    other.toClient().silence();
    simulation.run(Duration.ofSeconds(66));
    assertThat(calls[0]).isEqualTo(1);
    assertThat(failureOfRead(stream)).isInstanceOf(SessionException.class);
  }

  /** The PONG is on its way, and both sides find their deadlines passed. */
  @Test
  void aMachineThatSleptForMinutesDoesNotTakeItsPeerForDead() {
    simulation.run(Duration.ofSeconds(1));
    CompletableFuture<Duration> ping = connection.client().pingAsync();
    simulation.run(Duration.ofMillis(1));
    connection.suspendClient(Duration.ofMinutes(5).toNanos());
    simulation.run(Duration.ofMinutes(6));
    assertThat(now(ping)).isGreaterThan(Duration.ofMinutes(4));
    CompletableFuture<Duration> other = connection.server().pingAsync();
    simulation.run(Duration.ofMillis(1));
    simulation.clock().jump(Duration.ofMinutes(5).toNanos());
    simulation.run(MINUTE);
    assertThat(now(other)).isPositive();
    assertThat(connection.client().isAlive()).isTrue();
    connection.toServer().silence();
    assertThat(connection.server().pingAsync()).isNotDone();
    simulation.run(Duration.ofSeconds(31));
    assertThat(reason(connection.server())).isEqualTo(SessionEnd.TIMED_OUT);
  }

  @Test
  void aPeerThatClosesAtOnceResetsWhatIsStillSent() {
    MuxStream stream = now(connection.client().openAsync(new byte[0]));
    simulation.run(Duration.ofSeconds(1));
    connection.server().abort();
    write(stream, new byte[100_000]);
    simulation.run(Duration.ofSeconds(1));
    assertThat(connection.client().isAlive()).isFalse();
  }

  /** Nothing waits in a simulation: what is not there now never comes. */
  private static <T> T now(CompletableFuture<T> future) {
    assertThat(future).isDone();
    return future.join();
  }

  private static SessionEnd reason(PicoMux mux) {
    return now(mux.onTermination()).reason();
  }

  private static @Nullable IOException failureOfRead(MuxStream stream) {
    try {
      assertThat(stream.tryRead(ByteBuffer.allocate(1))).isNegative();
      return null;
    } catch (IOException e) {
      return e;
    }
  }

  private static void write(MuxStream stream, byte[] bytes) {
    try {
      assertThat(stream.tryWrite(ByteBuffer.wrap(bytes))).isEqualTo(bytes.length);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Sends bytes on a stream of its own, ends its direction, and takes what comes back. */
  private static final class Caller {
    private final byte[] request;
    private final ByteBuffer unsent;
    private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
    private @Nullable IOException failure;
    private boolean ended;

    Caller(PicoMux mux, Random random, int bytes) {
      request = new byte[bytes];
      random.nextBytes(request);
      unsent = ByteBuffer.wrap(request);
      CompletableFuture<?> unused =
          mux.openAsync(new byte[] {1})
              .thenAccept(stream -> {
                stream.onWritable(() -> write(stream));
                stream.onReadable(() -> read(stream));
              });
    }

    private void write(MuxStream stream) {
      try {
        stream.tryWrite(unsent);
        if (!unsent.hasRemaining()) {
          stream.shutdownOutput();
        }
      } catch (IOException e) {
        failure = e;
      }
    }

    private void read(MuxStream stream) {
      ByteBuffer buffer = ByteBuffer.allocate(10_000);
      try {
        int n;
        while ((n = stream.tryRead(buffer.clear())) > 0) {
          answer.write(buffer.array(), 0, n);
        }
        if (n < 0) {
          ended = true;
          stream.close();
        }
      } catch (IOException e) {
        failure = e;
      }
    }

    void assertAnswered() {
      assertThat(failure).isNull();
      assertThat(ended).isTrue();
      assertThat(answer.toByteArray()).isEqualTo(request);
    }
  }

  /** Sends back what comes. */
  private static final class Echo {
    private final MuxStream stream;
    private final ByteBuffer buffer = ByteBuffer.allocate(20_000).limit(0);

    private Echo(MuxStream stream) {
      this.stream = stream;
      stream.onReadable(this::move);
    }

    static void serve(PicoMux mux) {
      CompletableFuture<?> unused =
          mux.acceptAsync()
              .whenComplete((stream, failure) -> {
                if (stream != null) {
                  Echo started = new Echo(stream);
                  stream.onWritable(started::move);
                  serve(mux);
                }
              });
    }

    private void move() {
      try {
        while (true) {
          if (!buffer.hasRemaining()) {
            int n = stream.tryRead(buffer.clear());
            buffer.flip();
            if (n < 0) {
              stream.close();
            }
            if (n <= 0) {
              return;
            }
          }
          stream.tryWrite(buffer);
          if (buffer.hasRemaining()) {
            return;
          }
        }
      } catch (StreamException | SessionException e) {
        stream.close();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** One direction of a stream that goes on as a stream of another session. */
  private static final class Relay {
    private final MuxStream from;
    private final MuxStream to;
    private final ByteBuffer buffer = ByteBuffer.allocate(20_000).limit(0);
    private boolean ended;

    private Relay(MuxStream from, MuxStream to) {
      this.from = from;
      this.to = to;
    }

    static void serve(PicoMux near, PicoMux far) {
      CompletableFuture<?> unused =
          near.acceptAsync()
              .thenAcceptBoth(
                  far.openAsync(new byte[0]),
                  (in, out) -> {
                    Relay there = new Relay(in, out);
                    Relay back = new Relay(out, in);
                    in.onReadable(there::move);
                    out.onWritable(there::move);
                    out.onReadable(back::move);
                    in.onWritable(back::move);
                    serve(near, far);
                  });
    }

    private void move() {
      try {
        while (!ended) {
          if (!buffer.hasRemaining()) {
            int n = from.tryRead(buffer.clear());
            buffer.flip();
            if (n < 0) {
              ended = true;
              to.shutdownOutput();
            }
            if (n <= 0) {
              return;
            }
          }
          to.tryWrite(buffer);
          if (buffer.hasRemaining()) {
            return;
          }
        }
      } catch (IOException e) {
        from.reset();
        to.reset();
      }
    }
  }
}
