package io.picomux.testkit;

import io.picomux.MuxStream;
import io.picomux.PicoMuxBuilder;
import io.picomux.core.MuxConfig;
import io.picomux.engine.SharedMemory;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * A small world in which the library runs on one thread, on a clock that jumps from event to event
 * and over links that behave as told. The same seed and the same calls give the same {@link
 * #transcript()}, frame by frame. Not thread-safe: everything happens in the thread that moves the
 * clock.
 *
 * <p>What runs in it must not wait: sessions and streams are used by their futures, by {@code
 * tryRead} and {@code tryWrite} with {@code onReadable} and {@code onWritable}, by {@code
 * closeAsync} and {@code drainAsync}. A call that blocks would wait for an event that only its own
 * thread could bring about. What a callback throws is logged by the library, so a test rather notes
 * what it sees and checks that after the run.
 *
 * <pre>{@code
 * Simulation simulation = new Simulation(1);
 * SimulatedConnection connection =
 *     simulation.connect(PicoMux.builder(), PicoMux.builder(), LinkProfile.CITY);
 * CompletableFuture<MuxStream> accepted = connection.server().acceptAsync();
 * connection.client().openAsync(new byte[0]);
 * simulation.run(Duration.ofSeconds(1));
 * MuxStream stream = accepted.join();
 * }</pre>
 */
public final class Simulation {
  /**
   * What all sessions of a simulation may hold unread together: a quarter of a heap of 1 GiB, so
   * that a run does not depend on the heap that it has.
   */
  private static final long UNREAD_LIMIT_BYTES = 256L << 20;

  /** What they may have queued together: an eighth of the same heap. */
  private static final long QUEUE_LIMIT_BYTES = 128L << 20;

  final Transcript transcript;

  private final VirtualClock clock = new VirtualClock();
  private final SharedMemory memory =
      new SharedMemory(UNREAD_LIMIT_BYTES, QUEUE_LIMIT_BYTES, task -> clock.after(0, task));
  private final SplittableRandom seeds;
  private final Random callbackDelays;
  private long longestCallbackDelayNanos;
  private int connections;

  /**
   * Creates a world at time 0.
   *
   * @param seed where everything random comes from
   */
  public Simulation(long seed) {
    seeds = new SplittableRandom(seed);
    callbackDelays = new Random(seeds.nextLong());
    transcript = new Transcript(clock);
  }

  /** Returns the clock. */
  public VirtualClock clock() {
    return clock;
  }

  /** Joins two new sessions by a link; both begin at once. */
  public SimulatedConnection connect(
      PicoMuxBuilder client, PicoMuxBuilder server, LinkProfile profile) {
    connections++;
    return new SimulatedConnection(this, namePrefix(), client, server, profile, seeds.split());
  }

  /** Joins two new ends that are bare cores by a link; both begin at once. */
  public SimulatedPair connectCores(MuxConfig client, MuxConfig server, LinkProfile profile) {
    connections++;
    return new SimulatedPair(this, namePrefix(), client, server, profile, seeds.split());
  }

  /**
   * Lets a new session run over a stream of another one, as through a tunnel; its peer is what runs
   * over the other end of the stream. It begins at once.
   *
   * @param stream a stream of a session of this simulation that nobody else uses
   */
  public NestedSession over(MuxStream stream, PicoMuxBuilder builder) {
    connections++;
    return new NestedSession(
        this, namePrefix() + "nested", seeds.split().nextLong(), stream, builder);
  }

  /**
   * Sets whether {@link #transcript()} gets lines; without them long runs take less memory and
   * {@link #digest()} still tells two runs apart. Default true.
   */
  public void keepTranscript(boolean keep) {
    transcript.keepLines(keep);
  }

  /** Returns a digest of every frame that was sent, with its time and its end. */
  public long digest() {
    return transcript.digest();
  }

  private String namePrefix() {
    return connections == 1 ? "" : connections + "-";
  }

  /**
   * Lets callbacks and the completion of futures come late, each after a random time, as they do
   * when an executor is busy; they may then overtake each other.
   *
   * @param longestNanos the longest delay; 0, the default, runs them in order and without delay
   */
  public void delayCallbacks(long longestNanos) {
    longestCallbackDelayNanos = longestNanos;
  }

  /** Lets time pass. */
  public void run(Duration time) {
    clock.runUntil(clock.later(time.toNanos()));
  }

  /**
   * Returns the memory allocated for data that no application has read, and for the metadata of
   * streams: of all sessions together.
   */
  public long unreadBytes() {
    return memory.unreadBytes();
  }

  /** Returns every frame that was sent, one line each: time in nanoseconds, end, frame. */
  public List<String> transcript() {
    return transcript.lines();
  }

  SharedMemory memory() {
    return memory;
  }

  /** Returns when the next callback runs. */
  long callbackNanos() {
    long delay =
        longestCallbackDelayNanos == 0 ? 0 : callbackDelays.nextLong(longestCallbackDelayNanos + 1);
    return clock.nowNanos() + delay;
  }
}
