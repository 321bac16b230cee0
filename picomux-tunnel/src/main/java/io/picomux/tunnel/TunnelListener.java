package io.picomux.tunnel;

import io.picomux.PicoMux;
import java.io.IOException;
import java.time.Duration;

/**
 * Is told what a {@link TunnelClient} does, for presentation. Called on the client's own thread,
 * one call at a time: the client reconnects no sooner than the method returns.
 */
public interface TunnelListener {

  /** A listener that does nothing. */
  TunnelListener NONE = new TunnelListener() {};

  /** A session is there; streams can be opened. */
  default void connected(PicoMux session) {}

  /** The session is over, and with it its streams; another one will be tried at once or soon. */
  default void lost(PicoMux session, IOException cause) {}

  /** There is no session; the next attempt comes after {@code delay}. */
  default void retryIn(Duration delay, IOException cause) {}
}
