package io.picomux;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Moves the bytes of one session over its connection. It calls {@link Session#onInput}, {@link
 * Session#fill} and {@link Session#onDeadline}; everything else is the session's business.
 */
interface Driver {
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

  /** Returns whether the calling thread moves the bytes of this session, or keeps its time. */
  boolean isOwnThread();

  /** Ends our direction of the connection; everything was written. */
  void shutdownOutput();

  /** Ends the connection without waiting for it. */
  void close();

  /** Returns the address of the peer, or null when there is none. */
  @Nullable SocketAddress remoteAddress();
}
