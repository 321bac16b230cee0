package io.picomux.simulation;

/**
 * Compares what both ends of a stream think of its credit and of unread bytes with what the wire
 * says. Throws a {@link Finding} when they differ. Not thread-safe.
 */
final class CreditOracle {
  private CreditOracle() {}

  /**
   * Checks one direction of a stream, at any time.
   *
   * @param from the side that sends
   */
  static void check(Hop hop, Side from, StreamEnd sender, StreamEnd receiver) {
    StreamPort near = sender.port();
    StreamPort far = receiver.port();
    if (near != null && sender.isSending() && knows(hop, from)) {
      long known = hop.ledger(from).sendCredit(near.id());
      if (near.sendCredit() != known && near.sendFailure() == null) {
        throw new Finding(
            "%s may send %d frames by the wire, but takes it for %d"
                .formatted(sender, known, near.sendCredit()));
      }
    }
    if (far != null && receiver.isReceiving() && knows(hop, from.peer())) {
      long granted = hop.ledger(from).receiveCredit(far.id());
      if (far.receiveCredit() < granted && !far.hasFailedToReceive()) {
        throw new Finding(
            "%s has granted %d frames on the wire, but takes it for %d"
                .formatted(receiver, granted, far.receiveCredit()));
      }
    }
  }

  /** Returns whether an end has seen what has come to it, and the state of its streams is known. */
  private static boolean knows(Hop hop, Side side) {
    return !hop.isAbsent(side) && !hop.isClosing(side);
  }

  /** Checks one direction when nothing is under way: both ends and the wire agree. */
  static void checkAtRest(Hop hop, Side from, StreamEnd sender, StreamEnd receiver) {
    StreamPort near = sender.port();
    StreamPort far = receiver.port();
    if (near == null
        || far == null
        || !sender.isSending()
        || !receiver.isReceiving()
        || near.sendFailure() != null
        || far.hasFailedToReceive()) {
      return;
    }
    if (near.sendCredit() != far.receiveCredit()) {
      throw new Finding(
          "at rest %s may send %d frames, but its peer has granted %d"
              .formatted(sender, near.sendCredit(), far.receiveCredit()));
    }
  }

  /** Returns the bytes that have come to an end and were not read, by the wire. */
  static long unreadBytes(Hop hop, Side from, StreamEnd receiver) {
    StreamPort far = receiver.port();
    if (far == null || !receiver.isReceiving()) {
      return 0;
    }
    long unread = hop.ledger(from).arrivedBytes(far.id()) - receiver.readBytes();
    return unread > 0 && far.hasFailedToReceive() ? 0 : unread;
  }
}
