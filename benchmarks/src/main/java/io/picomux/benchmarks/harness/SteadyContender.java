package io.picomux.benchmarks.harness;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A peer in a round in which all run by turns. Whatever goes wrong ends its processes and is its
 * measurement; it has no turns then. Not thread-safe.
 */
final class SteadyContender implements AutoCloseable {

  /** How often it is looked whether bytes flow; short against the start of a process. */
  private static final Duration GLANCE = Duration.ofMillis(20);

  /** Shows that bytes flow; chosen by judgement: well above what opening 1000 streams takes. */
  private static final long FLOWING_BYTES = 10_000_000;

  private final Workload workload;
  private final PeerCommand peer;
  private final int round;
  private final SteadyPlan plan;
  private final boolean hasOwnLoopback;
  private final SteadyFigures figures = new SteadyFigures();
  private @Nullable PausedPair pair;
  private @Nullable CpuTimes before;
  private @Nullable CpuTimes after;
  private @Nullable String error;

  SteadyContender(
      Workload workload, PeerCommand peer, int round, SteadyPlan plan, boolean hasOwnLoopback) {
    this.workload = workload;
    this.peer = peer;
    this.round = round;
    this.plan = plan;
    this.hasOwnLoopback = hasOwnLoopback;
  }

  /**
   * Starts its processes, lets them run until most is compiled, and stops them.
   *
   * @param limitSeconds how long it may take until bytes flow
   * @param clientLimitSeconds how long the client lives unless it is ended
   */
  void warmUp(long limitSeconds, long clientLimitSeconds) throws InterruptedException {
    attempt(() -> {
      PausedPair started =
          PausedPair.start(workload, peer, hasOwnLoopback, limitSeconds, clientLimitSeconds);
      pair = started;
      awaitFlow(started, Duration.ofSeconds(limitSeconds));
      started.run(plan.warmup(peer));
      started.pause();
      before = started.cpu();
    });
  }

  private static void awaitFlow(PausedPair pair, Duration limit)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    long bytes = pair.bytes();
    while (pair.bytes() - bytes < FLOWING_BYTES) {
      if (System.nanoTime() - begun > limit.toNanos()) {
        throw new IOException("hardly anything was moved within " + limit.toSeconds() + " s");
      }
      pair.run(GLANCE);
    }
  }

  /** Runs for a moment while all others stand still. */
  void takeTurn() throws InterruptedException {
    PausedPair running = pair;
    if (running != null) {
      attempt(() -> takeTurn(running));
    }
  }

  private void takeTurn(PausedPair running) throws IOException, InterruptedException {
    long bytesBefore = running.bytes();
    running.goOn();
    running.run(plan.settling());
    long bytesFrom = running.bytes();
    long from = System.nanoTime();
    running.run(plan.measured());
    long bytesTo = running.bytes();
    long to = System.nanoTime();
    running.pause();
    figures.add(running.bytes() - bytesBefore, bytesTo - bytesFrom, to - from);
    after = running.cpu();
  }

  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  private void attempt(Step step) throws InterruptedException {
    try {
      step.run();
    } catch (IOException | RuntimeException e) {
      error = String.valueOf(e.getMessage());
      close();
    }
  }

  /** Returns what came of it. */
  Measurement measurement() {
    if (error == null && before != null && after != null) {
      try {
        JsonObject json = figures.describe(after.minus(before));
        json.addProperty("own_loopback", hasOwnLoopback);
        return new Measurement(workload.label(), peer.name(), round, json);
      } catch (IOException e) {
        error = e.getMessage();
      }
    }
    return Measurement.failed(workload, peer, round, String.valueOf(error));
  }

  @Override
  public void close() {
    if (pair != null) {
      pair.close();
      pair = null;
    }
  }
}
