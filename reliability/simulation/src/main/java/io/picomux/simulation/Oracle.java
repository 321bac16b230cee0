package io.picomux.simulation;

import com.google.errorprone.annotations.FormatMethod;
import io.picomux.core.CoreStats;
import io.picomux.core.SessionEnd;

/** What must hold in every run. Throws a {@link Finding} when it does not. Not thread-safe. */
final class Oracle {
  /** Unread bytes may exceed the budget by the frame that filled it. */
  private static final long LONGEST_BODY_BYTES = 65_535;

  /** Frames for a stream that was over for longer than this may be noise: ids are forgotten. */
  private static final long ID_MEMORY_NANOS = 1_800_000_000_000L;

  private final Program program;
  private final World world;

  Oracle(Program program, World world) {
    this.program = program;
    this.world = world;
  }

  // ---- at all times

  void checkFigures() {
    for (Side side : Side.values()) {
      EndSettings settings = program.settings(side);
      Endpoint endpoint = world.endpoint(side);
      CoreStats stats = endpoint.stats();
      require(
          stats.unreadBytes() >= 0
              && stats.unreadBytes() <= stats.receiveBudgetBytes() + LONGEST_BODY_BYTES,
          "the %s holds %d unread bytes with a budget of %d",
          side,
          stats.unreadBytes(),
          stats.receiveBudgetBytes());
      long cap =
          settings.sessionQueueBytes() + settings.streamQueueBytes() + 2 * LONGEST_BODY_BYTES;
      require(
          endpoint.queuedBytes() >= 0 && endpoint.queuedBytes() <= cap,
          "the %s has queued %d bytes with a cap of %d",
          side,
          endpoint.queuedBytes(),
          cap);
    }
    require(
        world.simulation.unreadBytes() >= 0,
        "all sessions together hold %d unread bytes",
        world.simulation.unreadBytes());
  }

  /** What is granted and not yet used is what the sender has and what is under way. */
  void checkCredit(StreamUser sender, StreamUser receiver) {
    StreamPort from = sender.port();
    StreamPort to = receiver.port();
    if (from != null && to != null && sender.isUndisturbed() && receiver.isUndisturbed()) {
      int granted = to.receiveCredit();
      int known = from.sendCredit();
      require(
          known >= 0 && granted >= known,
          "%s may send %d frames, but its peer has granted %d",
          sender,
          known,
          granted);
    }
  }

  // ---- at rest

  void requireEqualCredit(StreamUser sender, StreamUser receiver) {
    StreamPort from = sender.port();
    StreamPort to = receiver.port();
    if (from != null
        && to != null
        && sender.isUndisturbed()
        && receiver.isUndisturbed()
        && !program.has(Action.SILENCE)) {
      require(
          to.receiveCredit() == from.sendCredit(),
          "at rest %s may send %d frames, but its peer has granted %d",
          sender,
          from.sendCredit(),
          to.receiveCredit());
    }
  }

  /** Who saw a clean end has every byte, unless the sender was told otherwise. */
  void judge(StreamUser sender, StreamUser receiver) {
    require(
        receiver.readBytes() <= sender.acceptedBytes(),
        "%s has more than %s has sent",
        receiver,
        sender);
    boolean senderKnows =
        sender.isReset()
            || sender.writeFailure() != null
            || world.endpoint(sender.side()).undeliveredBytes() > 0;
    if (receiver.sawEnd() && !senderKnows) {
      require(
          receiver.readBytes() == sender.acceptedBytes(),
          "a clean end of %s before the last byte of %s",
          receiver,
          sender);
    }
  }

  /** All streams are closed, and the session lives. */
  void requireNothingLeft(Side side) {
    Endpoint endpoint = world.endpoint(side);
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
        stats.noiseFrames() == 0 || world.simulation.clock().nowNanos() > ID_MEMORY_NANOS,
        "the %s calls honest frames noise: %s",
        side,
        stats);
  }

  // ---- at the end

  void requireEnded(Side side) {
    SessionEnd end = world.endpoint(side).end();
    if (end == null) {
      throw new Finding("the session of the " + side + " does not end");
    }
    boolean closedEarly = program.has(Action.CLOSE_SESSION) || program.has(Action.DRAIN_SESSION);
    boolean allowed =
        switch (end) {
          case CLOSED, PEER_CLOSED -> true;
          case ABORTED -> program.has(Action.ABORT_SESSION);
          case TRUNCATED, TRANSPORT_FAILED -> program.hasFault() || closedEarly;
          case TIMED_OUT ->
              program.has(Action.SILENCE)
                  || program.has(Action.STALL)
                  || program.has(Action.SUSPEND)
                  || (program.kind() == Kind.CORE && program.has(Action.ABORT_SESSION));
          case PROTOCOL_VIOLATION, INTERNAL_ERROR, OVERLOADED -> false;
        };
    require(allowed, "the session of the %s ended with %s for no reason", side, end);
  }

  void requireNothingHeld() {
    require(
        world.simulation.unreadBytes() == 0,
        "%d unread bytes are still counted after the end",
        world.simulation.unreadBytes());
    for (Side side : Side.values()) {
      require(
          world.endpoint(side).queuedBytes() == 0,
          "%d queued bytes of the %s are still counted after the end",
          world.endpoint(side).queuedBytes(),
          side);
    }
  }

  @FormatMethod
  private static void require(boolean holds, String message, Object... values) {
    if (!holds) {
      throw new Finding(message.formatted(values));
    }
  }
}
