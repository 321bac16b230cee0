package io.picomux.simulation;

import io.picomux.testkit.VirtualClock;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * One session of a world: two ends that are each other's peers, what is between them, and what an
 * observer of the wire knows. Not thread-safe.
 */
abstract class Hop {
  private final Endpoint client;
  private final Endpoint server;
  private final CreditLedger clientSends = new CreditLedger();
  private final CreditLedger serverSends = new CreditLedger();
  private final SilenceWatch clientHears;
  private final SilenceWatch serverHears;
  private final VirtualClock clock;
  private final Set<Side> closing = EnumSet.noneOf(Side.class);
  private UnaryOperator<byte[]> clientTampering = UnaryOperator.identity();
  private UnaryOperator<byte[]> serverTampering = UnaryOperator.identity();

  Hop(VirtualClock clock, Endpoint client, Endpoint server) {
    this.clock = clock;
    this.client = client;
    this.server = server;
    clientHears = new SilenceWatch(clock.nowNanos());
    serverHears = new SilenceWatch(clock.nowNanos());
  }

  /** Returns the bytes that have come from a side to the other. */
  abstract long deliveredBytes(Side from);

  /** Returns the bytes that a side has sent. */
  abstract long sentBytes(Side from);

  /** Returns whether nothing is under way. */
  abstract boolean isIdle();

  /** Sets what sees the frames that a side sends, and may change them. */
  abstract void intercept(Side from, UnaryOperator<byte[]> interceptor);

  final Endpoint endpoint(Side side) {
    return side == Side.CLIENT ? client : server;
  }

  /** Returns what the wire says of the streams in the direction of a sender. */
  final CreditLedger ledger(Side sender) {
    return sender == Side.CLIENT ? clientSends : serverSends;
  }

  final SilenceWatch watch(Side side) {
    return side == Side.CLIENT ? clientHears : serverHears;
  }

  /** Begins to observe; every frame is to be seen. */
  final void observe() {
    clientSends.begin(sentBytes(Side.CLIENT));
    serverSends.begin(sentBytes(Side.SERVER));
    intercept(Side.CLIENT, frames -> sent(Side.CLIENT, clientTampering.apply(frames)));
    intercept(Side.SERVER, frames -> sent(Side.SERVER, serverTampering.apply(frames)));
  }

  private byte[] sent(Side from, byte[] frames) {
    noteArrivals();
    ledger(from).sent(frames, ledger(from.peer()));
    return frames;
  }

  private void noteArrivals() {
    clientSends.arrived(deliveredBytes(Side.CLIENT), serverSends);
    serverSends.arrived(deliveredBytes(Side.SERVER), clientSends);
  }

  final void tamper(Side from, UnaryOperator<byte[]> change) {
    if (from == Side.CLIENT) {
      clientTampering = change;
    } else {
      serverTampering = change;
    }
  }

  /** Sees what has come since the last call; to be called after each event. */
  final void look() {
    noteArrivals();
    clientHears.look(clock.nowNanos(), deliveredBytes(Side.SERVER), client.isAlive());
    serverHears.look(clock.nowNanos(), deliveredBytes(Side.CLIENT), server.isAlive());
  }

  final boolean isAlive() {
    return client.isAlive() && server.isAlive();
  }

  /** Notes that a side closes the session: streams may be closed under their users from now on. */
  final void noteClosing(Side side) {
    closing.add(side);
  }

  final boolean isClosing(Side side) {
    return closing.contains(side);
  }

  /** Ends what is left of the session. */
  final void abandon() {
    client.abort();
    server.abort();
  }

  /** Returns whether the process of an end stands still. */
  final boolean isAbsent(Side side) {
    return watch(side).isAbsent(clock.nowNanos());
  }
}
