package io.picomux.reliability.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.picomux.core.CoreStats;
import io.picomux.core.MuxLimits;
import io.picomux.core.Violation;
import io.picomux.reliability.attacks.victim.Ending;
import io.picomux.reliability.attacks.victim.Figures;
import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A victim process with an honest neighbour, and how they were before any attack. One per test
 * class, since a process takes a second to start; not thread-safe.
 *
 * <pre>{@code
 * @AutoClose private final AttackScene scene = AttackScene.begin();
 *
 * @Test
 * void theVictimEndsTheSession() throws Exception {
 *   try (AttackScene.Result result = scene.play(AttackCatalogue.named("ping-flood"))) {
 *     result.assertEnd("65 PINGs wait for their PONG, at most 64 are allowed");
 *     result.assertMemoryBound();
 *   }
 *   scene.assertAsBefore();
 * }
 * }</pre>
 *
 * <p>{@link #play} attacks on one connection, then measures the victim's heap after a full garbage
 * collection while the connection is still open and the neighbour pauses between two transfers, and
 * has the neighbour make progress afterwards. {@link #assertAsBefore} waits until threads, virtual
 * threads, descriptors and sessions are what they were at the beginning, and wants the heap back.
 */
final class AttackScene implements AutoCloseable {
  /**
   * Segments that the process keeps for the next streams of any session, a 64th of the victim's
   * heap: the neighbour's traffic fills this stock, be there an attack or not.
   */
  static final long KEPT_SEGMENTS_BYTES = (128L << 20) / 64;

  /**
   * Heap that may have come for good, such as classes that were loaded and tables of the JDK that
   * have grown; chosen by judgement. With them the segments that are kept.
   */
  static final long SETTLED_HEAP_SLACK_BYTES = (1L << 20) + KEPT_SEGMENTS_BYTES;

  /** Control state of a session: the promise of {@link io.picomux.core.MuxLimits}. */
  static final long CONTROL_STATE_BYTES = 2L << 20;

  /** Memory of a live stream beside its data: the promise of the same. */
  static final long LIVE_STREAM_BYTES = 512;

  /** What the victim's application has for each stream that it writes to: a buffer and a thread. */
  static final long APPLICATION_BUFFER_BYTES = 72L << 10;

  /**
   * What the neighbour does before anything is measured, so that what the victim's process keeps
   * for it, and what the JVM learns, does not count as held by the attacker.
   */
  private static final int WARM_UP_TRANSFERS = 50;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final JavaVictim victim;
  private final HonestNeighbour neighbour;
  private final Figures before;
  private final int descriptorsBefore;

  private AttackScene(
      JavaVictim victim, HonestNeighbour neighbour, Figures before, int descriptorsBefore) {
    this.victim = victim;
    this.neighbour = neighbour;
    this.before = before;
    this.descriptorsBefore = descriptorsBefore;
  }

  /** Starts a victim and its neighbour, lets them work for a while and measures. */
  static AttackScene begin() {
    try {
      JavaVictim victim = JavaVictim.start();
      System.out.println("victim: " + victim.flags());
      long seed = Long.getLong("picomux.seed", new SplittableRandom().nextLong());
      System.out.println("neighbour: -Dpicomux.seed=" + seed);
      HonestNeighbour neighbour = HonestNeighbour.of(victim.muxAddress(), seed);
      // One session comes and goes before anything is measured.
      try (HostilePeer first = HostilePeer.connect(victim.muxAddress())) {
        first.roundTrip();
      }
      for (int i = 0; i < WARM_UP_TRANSFERS; i++) {
        neighbour.awaitProgress();
      }
      await().atMost(PATIENCE).until(() -> victim.measure().sessions() == 1);
      return neighbour.whileQuiet(() ->
          new AttackScene(victim, neighbour, victim.measure(), victim.process().descriptors()));
    } catch (Exception e) {
      throw new AssertionError("the scene cannot be set", e);
    }
  }

  JavaVictim victim() {
    return victim;
  }

  HonestNeighbour neighbour() {
    return neighbour;
  }

  /** Returns how the victim was before any attack. */
  Figures before() {
    return before;
  }

  /** Plays an attack within bounds that suit a test. */
  Result play(Attack attack) throws Exception {
    return play(attack, attack.end() == null ? AttackBounds.SHORT : AttackBounds.UNTIL_ENDED);
  }

  /** Plays an attack on a new connection. */
  Result play(Attack attack, AttackBounds bounds) throws Exception {
    HostilePeer peer = HostilePeer.connect(victim.muxAddress(), bounds, null);
    try {
      IOException cutOff = null;
      try {
        attack.play().on(peer);
      } catch (IOException e) {
        cutOff = e;
      }
      if (attack.end() == null && cutOff != null) {
        throw new AssertionError(
            "the victim was to go on, but "
                + victim.endingWithin(peer.localPort(), PATIENCE.toMillis()),
            cutOff);
      }
      Ending ending = attack.end() == null ? null : victim.awaitEnding(peer.localPort());
      CoreStats session = victim.session(peer.localPort());
      Figures during = neighbour.whileQuiet(victim::measure);
      neighbour.awaitProgress();
      System.out.printf(
          "%s: %,d bytes, heap %+,d bytes, %s, %s%n",
          attack.name(), peer.sentBytes(), during.heapBytes() - before.heapBytes(), during, ending);
      return new Result(attack, peer, during, session, ending);
    } catch (Exception | Error e) {
      peer.close();
      throw e;
    }
  }

  /** What an attack has done. Closing it closes the hostile connection. */
  final class Result implements AutoCloseable {
    private final Attack attack;
    private final HostilePeer peer;
    private final Figures during;
    private final @Nullable CoreStats session;
    private final @Nullable Ending ending;

    Result(
        Attack attack,
        HostilePeer peer,
        Figures during,
        @Nullable CoreStats session,
        @Nullable Ending ending) {
      this.attack = attack;
      this.peer = peer;
      this.during = during;
      this.session = session;
      this.ending = ending;
    }

    HostilePeer peer() {
      return peer;
    }

    /** Returns the victim's figures at the end of the attack. */
    Figures during() {
      return during;
    }

    /** Returns the attacked session's own figures; fails when it is over. */
    CoreStats session() {
      CoreStats alive = session;
      if (alive == null) {
        throw new AssertionError("the session is over: " + ending);
      }
      return alive;
    }

    /** Wants the violation that the catalogue names, and its message to match. */
    void assertEnd(String messagePattern) {
      Violation expected = attack.end();
      assertThat(ending).as("how the session ended").isNotNull();
      if (ending != null) {
        assertThat(ending.violation()).as(ending.message()).isEqualTo(expected);
        assertThat(ending.message()).containsPattern(messagePattern);
      }
    }

    /** Returns how much more live heap there was than before the attack. */
    long heapGrowthBytes() {
      return during.heapBytes() - before.heapBytes();
    }

    /** Wants the live heap to be within what the attack may make a session hold. */
    void assertMemoryBound() {
      CoreStats alive = session;
      // The application may not have taken all from the accept queue of a session that is over.
      long streams = alive == null ? MuxLimits.DEFAULT.acceptQueueStreams() : alive.liveStreams();
      long allowed = KEPT_SEGMENTS_BYTES + CONTROL_STATE_BYTES + LIVE_STREAM_BYTES * streams;
      if (attack.holds() == Attack.Holds.UNREAD_DATA && alive != null) {
        allowed += alive.receiveBudgetBytes();
      }
      if (attack.holds() == Attack.Holds.QUEUED_DATA) {
        allowed += MuxLimits.DEFAULT.sessionQueueBytes() + APPLICATION_BUFFER_BYTES * streams;
      }
      assertThat(heapGrowthBytes())
          .as("growth of the live heap with %s live streams, %s", streams, during)
          .isLessThanOrEqualTo(allowed);
    }

    /**
     * Wants the live heap to be what the session itself says that it holds: its unread bytes,
     * beside the control state and the streams.
     */
    void assertMemoryAccounted() {
      assertMemoryBound();
      CoreStats stats = session();
      assertThat(heapGrowthBytes())
          .as("growth of the live heap, %s", stats)
          .isLessThanOrEqualTo(
              KEPT_SEGMENTS_BYTES
                  + CONTROL_STATE_BYTES
                  + LIVE_STREAM_BYTES * stats.liveStreams()
                  + stats.unreadBytes());
    }

    @Override
    public void close() throws IOException {
      peer.close();
    }
  }

  /** Waits until the victim is as before the attacks, with the neighbour still at work. */
  void assertAsBefore() throws Exception {
    neighbour.awaitProgress();
    await()
        .pollInSameThread()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          Figures now = neighbour.whileQuiet(victim::measure);
          int descriptors = victim.process().descriptors();
          assertThat(now.sessions()).as("sessions").isEqualTo(before.sessions());
          assertThat(now.virtualThreads())
              .as("virtual threads")
              .isLessThanOrEqualTo(before.virtualThreads());
          assertThat(now.platformThreads())
              .as("platform threads")
              .isLessThanOrEqualTo(before.platformThreads());
          assertThat(descriptors).as("descriptors").isLessThanOrEqualTo(descriptorsBefore);
          assertThat(now.heapBytes())
              .as("live heap")
              .isLessThanOrEqualTo(before.heapBytes() + SETTLED_HEAP_SLACK_BYTES);
        });
  }

  @Override
  public void close() {
    try {
      neighbour.close();
    } finally {
      victim.close();
    }
  }
}
