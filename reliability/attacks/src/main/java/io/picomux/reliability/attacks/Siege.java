package io.picomux.reliability.attacks;

import io.picomux.core.Violation;
import io.picomux.reliability.attacks.victim.Figures;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures one attack against one victim: by turns the attack, and the same bytes at the same times
 * to a plain TCP sink, with an honest neighbour at work all the while. Not thread-safe.
 */
final class Siege {
  /** How long sessions whose peer is gone may take to end: far longer than any machine needs. */
  private static final Duration END_LIMIT = Duration.ofSeconds(20);

  private static final Duration LONGEST_ATTACK = Duration.ofSeconds(60);

  private final Attack attack;
  private final Victim victim;
  private final JavaVictim sink;
  private final Duration duration;
  private final Map<String, Integer> endings = new TreeMap<>();
  private final List<Double> keptBytes = new ArrayList<>();
  private final List<Double> keptRoundTrips = new ArrayList<>();
  private long sentBytes;
  private int connections;
  private long attackCpuNanos;
  private long sinkCpuNanos;
  private long mostHeldBytes;
  private int mostThreads;
  private int mostDescriptors;

  /**
   * Prepares a siege.
   *
   * @param sink where the same bytes go; the victim itself when that is a Java one
   */
  Siege(Attack attack, Victim victim, JavaVictim sink, Duration duration) {
    this.attack = attack;
    this.victim = victim;
    this.sink = sink;
    this.duration = duration;
  }

  /** Attacks in rounds, one more than asked for; closes nothing. */
  SiegeResult run(int rounds) throws Exception {
    String broken = null;
    long before = 0;
    long after = 0;
    ProcessFigures first = victim.process();
    ProcessFigures last = first;
    try (ProcessWatch watch = ProcessWatch.of(victim);
        QuietNeighbour neighbour = QuietNeighbour.of(victim.muxAddress())) {
      try {
        warmUp(neighbour.it());
        before = heldBytes(neighbour.it());
        first = victim.process();
        playRound(neighbour.it());
        forgetShares();
        for (int round = 0; round < rounds; round++) {
          playRound(neighbour.it());
        }
        playToItsEnd();
        awaitEndOfAttackers(neighbour.it());
        after = heldBytes(neighbour.it());
        last = victim.process();
      } catch (IOException | AssertionError e) {
        broken = watch.hasStoppedIt() ? "stopped at 1 GiB" : whatBroke(e);
      }
    }
    return new SiegeResult(
        attack,
        victim.name(),
        rounds,
        connections,
        sentBytes,
        before,
        mostHeldBytes,
        after,
        last.maxResidentBytes(),
        first,
        last,
        mostThreads,
        mostDescriptors,
        attackCpuNanos,
        sinkCpuNanos,
        Medians.of(keptBytes),
        Medians.of(keptRoundTrips),
        endings,
        broken);
  }

  /**
   * A Java victim reads some attacks so slowly that a round is over before it has seen enough: it
   * gets the time to say why it ends the session.
   */
  private void playToItsEnd() throws IOException, InterruptedException {
    Violation end = attack.end();
    if (end == null || endings.containsKey(end.name()) || !(victim instanceof JavaVictim)) {
      return;
    }
    AttackBounds bounds = new AttackBounds(LONGEST_ATTACK, Long.MAX_VALUE);
    try (HostilePeer peer = HostilePeer.connect(victim.muxAddress(), bounds, null)) {
      playUntilItFails(peer);
    }
    countEndings();
  }

  private void playUntilItFails(HostilePeer peer) throws InterruptedException {
    try {
      attack.play().on(peer);
    } catch (IOException e) {
      // The victim has ended the session, as it should; it says why.
      return;
    }
  }

  private void countEndings() throws IOException {
    victim.takeEndings().forEach((reason, count) -> endings.merge(reason, count, Integer::sum));
  }

  /** What the attackers have sent may still wait to be read, behind it their end. */
  private void awaitEndOfAttackers(HonestNeighbour neighbour)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    do {
      neighbour.awaitProgress();
    } while (victim instanceof JavaVictim java
        && java.measure().sessions() > 1
        && System.nanoTime() - begun < END_LIMIT.toNanos());
  }

  private String whatBroke(Throwable e) {
    return victim.isAlive() ? "neighbour lost: " + e.getMessage() : "the process has ended";
  }

  /** A first session of each kind, before anything is measured. */
  private void warmUp(HonestNeighbour neighbour) throws IOException, InterruptedException {
    try (HostilePeer peer = HostilePeer.connect(victim.muxAddress())) {
      peer.roundTrip();
    }
    for (int i = 0; i < 20; i++) {
      neighbour.awaitProgress();
    }
    Map<String, Integer> unused = victim.takeEndings();
  }

  /**
   * The bounds hold in the first round too, but what its attack takes from the neighbour is mostly
   * that a JVM compiles what is new to it, which the bytes to the sink then find done.
   */
  private void forgetShares() {
    keptBytes.clear();
    keptRoundTrips.clear();
    attackCpuNanos = 0;
    sinkCpuNanos = 0;
  }

  private void playRound(HonestNeighbour neighbour) throws Exception {
    long cpuAtStart = victim.process().cpuNanos();
    HonestNeighbour.Mark start = neighbour.mark();
    try (Assault assault = new Assault(attack)) {
      try {
        assault.run(victim.muxAddress(), duration);
      } finally {
        sentBytes += assault.sentBytes();
        connections += assault.connections();
      }
      HonestNeighbour.Mark end = neighbour.mark();
      attackCpuNanos += victim.process().cpuNanos() - cpuAtStart;
      measureUnderAttack(neighbour);
      assault.endLast();
      replay(assault.tape(), neighbour, start, end);
    }
    countEndings();
  }

  private void measureUnderAttack(HonestNeighbour neighbour) throws Exception {
    mostHeldBytes = Math.max(mostHeldBytes, heldBytes(neighbour));
    ProcessFigures process = victim.process();
    mostThreads = Math.max(mostThreads, process.threads());
    mostDescriptors = Math.max(mostDescriptors, process.descriptors());
  }

  private void replay(
      Tape tape,
      HonestNeighbour neighbour,
      HonestNeighbour.Mark attackStart,
      HonestNeighbour.Mark attackEnd)
      throws IOException, InterruptedException {
    neighbour.awaitProgress();
    long cpuAtStart = sink.process().cpuNanos();
    InetSocketAddress address = sink.sinkAddress();
    HonestNeighbour.Mark start = neighbour.mark();
    tape.replay(address, Duration.ofNanos(attackEnd.nanoTime() - attackStart.nanoTime()));
    HonestNeighbour.Mark end = neighbour.mark();
    sinkCpuNanos += sink.process().cpuNanos() - cpuAtStart;
    keptBytes.add(attackStart.bytesPerSecondUntil(attackEnd) / start.bytesPerSecondUntil(end));
    keptRoundTrips.add(
        attackStart.roundTripsPerSecondUntil(attackEnd) / start.roundTripsPerSecondUntil(end));
  }

  /** Live heap of a Java victim after a full collection, resident memory of another. */
  private long heldBytes(HonestNeighbour neighbour) throws Exception {
    if (victim instanceof JavaVictim java) {
      Figures figures = neighbour.whileQuiet(java::measure);
      return figures.heapBytes();
    }
    return victim.process().residentBytes();
  }

  /** A neighbour whose failures have been told when it is closed. */
  private record QuietNeighbour(HonestNeighbour it) implements AutoCloseable {
    static QuietNeighbour of(InetSocketAddress victim) throws IOException {
      return new QuietNeighbour(HonestNeighbour.of(victim, System.nanoTime()));
    }

    @Override
    public void close() {
      it.abandon();
    }
  }
}
