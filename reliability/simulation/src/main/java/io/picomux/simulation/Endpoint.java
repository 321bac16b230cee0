package io.picomux.simulation;

import io.picomux.core.CoreStats;
import io.picomux.core.SessionEnd;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a session as a program uses it. No method waits; what comes later comes to the
 * consumers. Not thread-safe.
 */
interface Endpoint {
  /**
   * Opens a stream.
   *
   * @param then gets the stream, or null when none can be opened any more
   */
  void open(byte[] metadata, Consumer<@Nullable StreamPort> then);

  /** Sets who gets the streams that the peer opens. */
  void onStream(Accepted handler);

  /** Gets a stream of the peer's. */
  @FunctionalInterface
  interface Accepted {
    void accept(byte[] metadata, StreamPort port);
  }

  void setAccepting(boolean on);

  /**
   * Sends a PING.
   *
   * @param done is told of the answer, or that there will be none
   */
  void ping(Runnable done);

  void setDebloat(boolean on);

  void setLiveness(long pingMillis, long timeoutMillis);

  void close();

  void drain(long millis);

  void abort();

  /** Returns whether the session is not over. */
  boolean isAlive();

  /** Returns why the session is over, or null while it is not. */
  @Nullable SessionEnd end();

  /** Returns the figures of the core. */
  CoreStats stats();

  /** Returns the memory of what waits to be sent. */
  long queuedBytes();

  /** Returns the bytes that could not be delivered behind a close. */
  long undeliveredBytes();
}
