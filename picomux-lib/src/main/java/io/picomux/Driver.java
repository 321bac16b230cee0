package io.picomux;

import io.picomux.core.WireFormat;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Moves the bytes of one session over its connection. It calls {@link Session#onInput}, {@link
 * Session#fill} and {@link Session#onDeadline}; everything else is the session's business.
 */
interface Driver {
  /**
   * What one segment of TCP carries on the loopback interface of Linux: its packets of 64 KiB less
   * the headers of IPv6 and TCP with time stamps. On other networks the kernel hands over nearly as
   * much at once.
   */
  int LOOPBACK_SEGMENT_BYTES = (64 << 10) - 40 - 20 - 12;

  /** The longest data frame of ours. */
  int FULL_FRAME_BYTES = WireFormat.HEADER_BYTES + WireFormat.DATA_BODY_BYTES;

  /**
   * A write that has so much takes no more frames, so that data frames fit one segment: seven full
   * ones, and over a fast connection what is cut to fill it, see {@link #fillsSegments}. What is
   * left for a second, tiny segment costs as much as the first, and more where congestion control
   * paces, as BBR does, and sets a timer for it. Measured: 60 streams carry 1.3 to 1.5 times as
   * much as with eight frames, which are a little too much. Over TLS each record is written by
   * itself, and {@link BlockingDriver} fills these.
   */
  int ROUND_BYTES = LOOPBACK_SEGMENT_BYTES - FULL_FRAME_BYTES;

  /** Makes the driver of a session. */
  @FunctionalInterface
  interface Factory {
    Driver create(Session session) throws IOException;
  }

  /** Begins to move bytes. */
  void start() throws IOException;

  /**
   * There may be something to write. Never waits for the connection.
   *
   * @param callerBytes bytes of the calling thread's own that it would like to see written by
   *     itself
   */
  void requestWrite(int callerBytes);

  /**
   * There is something to write that may wait for a moment, as more of it is about to come. Never
   * waits for the connection.
   *
   * @param pendingBytes how much has come together
   */
  default void requestWriteSoon(int pendingBytes) {
    requestWrite(0);
  }

  /** Returns whether something that {@link #requestWriteSoon} was told of may still wait. */
  default boolean gathers() {
    return false;
  }

  /**
   * Several threads are about to be woken that may bring small writes: these wait for {@link
   * #endTurn}, if not for too long. Called by the thread that reads.
   */
  default void beginTurn() {}

  /** Those threads have had the processor: what they have brought is to be written. */
  default void endTurn() {}

  /**
   * Returns whether a write of much may wait until it has gone into frames: the driver calls {@link
   * Session#onRoundWritten} and {@link Session#onConnectionFull}, and {@link Session#onHeldUp} when
   * the connection takes nothing.
   */
  default boolean mayHoldWriters() {
    return false;
  }

  /**
   * Returns whether what {@link Session#fill} encodes is written at once, so that it had best be as
   * long as a segment: see {@link #ROUND_BYTES}.
   */
  default boolean fillsSegments() {
    return false;
  }

  /**
   * Returns whether a writer that waits for room is, over a fast connection, best woken when its
   * stream's queue is nearly empty: where a thread of its own writes for it, and much at once.
   */
  default boolean wakesWritersLate() {
    return false;
  }

  /** {@link Session#onDeadline} is wanted at this time of {@link System#nanoTime()}. */
  void setDeadline(long nanoTime);

  /** Returns whether {@link #lead} may do something. */
  default boolean mayLead() {
    return false;
  }

  /**
   * A thread waits for data and may read for all streams meanwhile; called without any lock. It may
   * also return at once.
   *
   * @param waits whether the thread waits still
   */
  default void lead(BooleanSupplier waits) {}

  /**
   * Reads nothing for a while, so that the peer has to wait; called while input is taken in. A
   * driver that does not decide when to read ignores it.
   */
  void pauseReading(long nanos);

  /**
   * Returns whether the calling thread writes for this session without ever waiting for the
   * connection, so that callbacks may bring what it writes next.
   */
  default boolean mayCallWriters() {
    return false;
  }

  /** Runs a quick task on such a thread after a while. */
  default void executeAfter(long nanos, Runnable task) {
    throw new UnsupportedOperationException("no thread may call writers");
  }

  /** Returns whether the calling thread moves the bytes of this session, or keeps its time. */
  boolean isOwnThread();

  /** Ends our direction of the connection; everything was written. */
  void shutdownOutput();

  /** Ends the connection without waiting for it. */
  void close();

  /** Returns the address of the peer, or null when there is none. */
  @Nullable SocketAddress remoteAddress();
}
