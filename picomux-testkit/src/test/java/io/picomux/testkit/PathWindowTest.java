package io.picomux.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.MuxConfig;
import io.picomux.core.WindowPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What {@link WindowPolicy#PATH} makes of paths, in virtual time and by default settings: the full
 * rate, and short waits for a small message beside bulk. The link takes in far more than the path
 * holds, as a modem with a large buffer does, and whatever waits there waits for all.
 */
class PathWindowTest {
  private static final long MILLISECOND = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;

  /** The first seconds are the learning of the path. */
  private static final long LEARNT_NANOS = 4 * SECOND;

  private static final long END_NANOS = 16 * SECOND;

  /** Two ends; the client reads whatever comes and sends small messages that come back. */
  private static final class World {
    private final Simulation simulation = new Simulation(1);
    private final SimulatedPair pair;
    private final List<Long> roundTripNanos = new ArrayList<>();
    private long bulkBytes;

    World(long roundTripMillis, double megabitsPerSecond, WindowPolicy policy) {
      long bytesPerSecond = (long) (megabitsPerSecond * 1e6 / 8);
      LinkProfile profile =
          new LinkProfile(
              roundTripMillis * MILLISECOND / 2, bytesPerSecond, (int) (bytesPerSecond / 2), 1448);
      MuxConfig config = MuxConfig.DEFAULT.withWindowPolicy(policy);
      simulation.keepTranscript(false);
      pair = simulation.connectCores(config, config, profile);
    }

    void source() {
      EndStream here = pair.client().open(new byte[] {'G'});
      here.onChange(() -> bulkBytes += here.read(Integer.MAX_VALUE).length);
      EndStream there = accept();
      byte[] piece = new byte[64 << 10];
      there.onChange(() -> {
        while (there.pendingBytes() < 4 * piece.length) {
          there.write(piece);
        }
      });
    }

    void pingPong() {
      EndStream here = pair.client().open(new byte[] {'E'});
      EndStream there = accept();
      there.onChange(() -> there.write(there.read(Integer.MAX_VALUE)));
      long[] sentNanos = {pair.clock().nowNanos()};
      here.onChange(() -> {
        if (here.read(Integer.MAX_VALUE).length > 0) {
          if (sentNanos[0] > LEARNT_NANOS) {
            roundTripNanos.add(pair.clock().nowNanos() - sentNanos[0]);
          }
          pair.clock()
              .after(
                  MILLISECOND,
                  () -> {
                    sentNanos[0] = pair.clock().nowNanos();
                    here.write(new byte[64]);
                  });
        }
      });
      here.write(new byte[64]);
    }

    private EndStream accept() {
      while (true) {
        EndStream stream = pair.server().accept();
        if (stream != null) {
          return stream;
        }
        pair.clock().step();
      }
    }

    /** Returns bulk bytes per second once the path is known. */
    double rate() {
      simulation.clock().runUntil(LEARNT_NANOS);
      long before = bulkBytes;
      simulation.clock().runUntil(END_NANOS);
      return (bulkBytes - before) * 1e9 / (END_NANOS - LEARNT_NANOS);
    }

    double percentileMillis(int percent) {
      Collections.sort(roundTripNanos);
      return roundTripNanos.get(roundTripNanos.size() * percent / 100) / 1e6;
    }
  }

  @ParameterizedTest
  @CsvSource({"40, 20, 1", "40, 20, 20", "100, 100, 1", "100, 100, 20", "200, 10, 4", "50, 400, 2"})
  void smallMessagesWaitLittleBesideBulkAtTheFullRate(
      long roundTripMillis, double megabits, int streams) {
    World world = new World(roundTripMillis, megabits, WindowPolicy.PATH);
    for (int i = 0; i < streams; i++) {
      world.source();
    }
    world.pingPong();
    double share = world.rate() / (megabits * 1e6 / 8);
    double p50 = world.percentileMillis(50);
    double p99 = world.percentileMillis(99);
    System.out.printf(
        "PathWindowTest: %d ms, %.0f Mbit/s, %d streams: %.1f %% of the rate, p50 %.1f ms, p99 %.1f ms%n",
        roundTripMillis, megabits, streams, 100 * share, p50, p99);
    assertThat(share).isGreaterThan(0.97);
    // A queue of a fifth of the round trip, and a quarter more of both in one of eight rounds.
    assertThat(p50).isLessThan(1.2 * roundTripMillis + 8);
    assertThat(p99).isLessThan(1.6 * roundTripMillis + 20);
  }

  /** The link is what it says: without the policy the same messages wait for long. */
  @Test
  void withTheWindowsOfTheCrateSmallMessagesWaitForTheWholeBuffer() {
    World world = new World(40, 20, WindowPolicy.CRATE);
    world.source();
    world.pingPong();
    assertThat(world.rate()).isGreaterThan(0.97 * 2.5e6);
    assertThat(world.percentileMillis(50)).isGreaterThan(300);
  }
}
