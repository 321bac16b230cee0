package io.picomux.simulation;

import com.google.errorprone.annotations.FormatMethod;
import io.picomux.core.CoreStats;
import io.picomux.core.SessionEnd;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What must hold in every run. Throws a {@link Finding} when it does not. Not thread-safe. */
final class Oracle {
  /** Unread bytes may exceed the budget by the frame that filled it. */
  private static final long LONGEST_BODY_BYTES = 65_535;

  private static final long MILLI = 1_000_000;

  /** Frames for a stream that was over for longer than this may be noise: ids are forgotten. */
  private static final long ID_MEMORY_NANOS = 1_800_000_000_000L;

  private final Program program;
  private final World world;
  private final Streams streams;
  private final Map<Side, Long> undelivered = new EnumMap<>(Side.class);

  Oracle(Program program, World world, Streams streams) {
    this.program = program;
    this.world = world;
    this.streams = streams;
  }

  // ---- at all times

  void checkFigures() {
    for (Hop hop : world.hops()) {
      for (Side side : Side.values()) {
        checkMemory(hop, side);
      }
    }
    streams.directions((hop, from, sender, receiver) -> {
      if (hop.isAlive()) {
        CreditOracle.check(hop, from, sender, receiver);
      }
    });
    require(
        world.simulation.unreadBytes() >= 0,
        "all sessions together hold %d unread bytes",
        world.simulation.unreadBytes());
  }

  /** What is buffered stays under the caps, by the session's own figures and by the wire. */
  private void checkMemory(Hop hop, Side side) {
    EndSettings settings = program.settings(side);
    Endpoint endpoint = hop.endpoint(side);
    long unread = endpoint.stats().unreadBytes();
    long cap = settings.receiveBudgetBytes() + LONGEST_BODY_BYTES;
    require(
        unread >= 0 && unread <= cap,
        "the %s holds %d unread bytes with a cap of %d",
        side,
        unread,
        cap);
    if (hop.isAlive() && !hop.isAbsent(side) && !hop.isClosing(side)) {
      long byWire = streams.unreadBytes(hop, side);
      require(
          byWire <= unread,
          "the %s holds %d unread bytes by the wire, but takes it for %d",
          side,
          byWire,
          unread);
    }
    long queueCap =
        settings.sessionQueueBytes() + settings.streamQueueBytes() + 2 * LONGEST_BODY_BYTES;
    require(
        endpoint.queuedBytes() >= 0 && endpoint.queuedBytes() <= queueCap,
        "the %s has queued %d bytes with a cap of %d",
        side,
        endpoint.queuedBytes(),
        queueCap);
  }

  // ---- at rest

  /**
   * Who saw a clean end has every byte, unless the wire cannot say that the end is none, or a relay
   * drains a session, at whose end streams are closed as if they were complete.
   */
  void judge(StreamUser sender, StreamUser receiver) {
    long missing = sender.acceptedBytes() - receiver.readBytes();
    require(missing >= 0, "%s has more than %s has sent", receiver, sender);
    if (!receiver.sawEnd() || missing == 0) {
      return;
    }
    Relay relay = world.relay();
    boolean relayed = relay != null && relay.hasReset(sender.number());
    require(
        !program.tellsResets() || (relayed && program.has(Action.DRAIN_SESSION)),
        "a clean end of %s before the last byte of %s, though both sessions tell of resets",
        receiver,
        sender);
    boolean toldSo = sender.isReset() || sender.writeFailure() != null || relayed;
    if (!toldSo) {
      require(sender.isClosed(), "a clean end of %s before the last byte of %s", receiver, sender);
      undelivered.merge(sender.side(), missing, Long::sum);
    }
  }

  /**
   * Who closes a stream learns of what was not delivered from the session alone, which must not
   * count less than is missing.
   */
  void judgeUndelivered() {
    for (Side side : Side.values()) {
      long missing = undelivered.getOrDefault(side, 0L);
      long counted = 0;
      for (Hop hop : world.hops()) {
        counted += hop.endpoint(side).undeliveredBytes();
      }
      require(
          missing <= counted,
          "%d bytes of streams that the %s had closed are missing, but %d are counted",
          missing,
          side,
          counted);
    }
  }

  /** All streams are closed, and the session lives. */
  void requireNothingLeft(Hop hop) {
    for (Side side : Side.values()) {
      Endpoint endpoint = hop.endpoint(side);
      CoreStats stats = endpoint.stats();
      require(
          stats.liveStreams() == 0
              && stats.inboundStreams() == 0
              && stats.waitingStreams() == 0
              && stats.unreadBytes() == 0
              && endpoint.queuedBytes() == 0,
          "the %s has left %s and %d queued bytes",
          side,
          stats,
          endpoint.queuedBytes());
      require(
          stats.noiseFrames() == 0 || world.clock.nowNanos() > ID_MEMORY_NANOS,
          "the %s calls honest frames noise: %s",
          side,
          stats);
    }
  }

  // ---- at the end

  /** Judges first the end that came first, as it may be the reason of the other. */
  void requireEnded(Hop hop) {
    boolean clientFirst = hop.watch(Side.CLIENT).endNanos() <= hop.watch(Side.SERVER).endNanos();
    Side first = clientFirst ? Side.CLIENT : Side.SERVER;
    for (Side side : List.of(first, first.peer())) {
      SessionEnd end = hop.endpoint(side).end();
      if (end == null) {
        throw new Finding("the session of the " + side + " does not end");
      }
      require(
          isAllowed(hop, side, end),
          "the session of the %s ended with %s for no reason",
          side,
          end);
    }
  }

  private boolean isAllowed(Hop hop, Side side, SessionEnd end) {
    return switch (end) {
      case CLOSED, PEER_CLOSED -> true;
      case ABORTED -> program.has(Action.ABORT_SESSION);
      case TRUNCATED, TRANSPORT_FAILED ->
          program.hasFault()
              || program.has(Action.CLOSE_SESSION)
              || program.has(Action.DRAIN_SESSION)
              || lostItsCarrier(hop, side);
      case TIMED_OUT -> isTimeout(hop, side);
      case PROTOCOL_VIOLATION, INTERNAL_ERROR, OVERLOADED -> false;
    };
  }

  private boolean lostItsCarrier(Hop hop, Side side) {
    Hop carrier = world.carrier(hop);
    long lost = carrier.watch(side).endNanos();
    return !carrier.equals(hop) && lost >= 0 && lost <= hop.watch(side).endNanos();
  }

  /** Silence must have been as long as is borne, and something must have kept the peer silent. */
  private boolean isTimeout(Hop hop, Side side) {
    SilenceWatch watch = hop.watch(side);
    long timeout = watch.timeoutNanos();
    // A machine that sleeps does not know that exactly: two looks of eight, see Liveness.
    long least = timeout - timeout / 4 * watch.absencesInSilence();
    require(
        watch.silenceNanos() >= least,
        "the %s gave up after %d ms of silence, but bears %d ms",
        side,
        watch.silenceNanos() / MILLI,
        timeout / MILLI);
    long peerEnd = hop.watch(side.peer()).endNanos();
    boolean leftAlone = program.kind() == Kind.CORE && peerEnd >= 0 && peerEnd <= watch.endNanos();
    long needed = Math.max(1, least - answerNanos());
    long blocked =
        world.blockages().nanosWithin(hop, watch.heardNanos() - answerNanos(), watch.endNanos());
    require(
        leftAlone || blocked >= needed,
        "the %s gave up after %d ms of silence, but only %d ms of that were for a reason",
        side,
        watch.silenceNanos() / MILLI,
        blocked / MILLI);
    return true;
  }

  /**
   * Within this time a PING is answered: a round trip, behind what fills the buffers of the way.
   */
  private long answerNanos() {
    long once =
        2 * program.link().latencyNanos() + 2 * program.callbackDelayNanos() + 3_000 * MILLI;
    return once * world.hops().size();
  }

  void requireNothingHeld() {
    require(
        world.simulation.unreadBytes() == 0,
        "%d unread bytes are still counted after the end",
        world.simulation.unreadBytes());
    for (Hop hop : world.hops()) {
      for (Side side : Side.values()) {
        require(
            hop.endpoint(side).queuedBytes() == 0,
            "%d queued bytes of the %s are still counted after the end",
            hop.endpoint(side).queuedBytes(),
            side);
      }
    }
  }

  @FormatMethod
  private static void require(boolean holds, String message, Object... values) {
    if (!holds) {
      throw new Finding(message.formatted(values));
    }
  }
}
