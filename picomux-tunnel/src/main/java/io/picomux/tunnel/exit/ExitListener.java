package io.picomux.tunnel.exit;

import io.picomux.PicoMux;
import io.picomux.tunnel.Destination;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Is told what an exit does, for presentation. Called on the exit's own threads, several at once;
 * what a method throws ends nothing but itself.
 */
public interface ExitListener {

  /** A listener that does nothing. */
  ExitListener NONE = new ExitListener() {};

  /** A peer has connected. */
  default void sessionStarted(PicoMux session) {}

  /**
   * A session is over.
   *
   * @param cause why; null when it was closed in good order
   */
  default void sessionEnded(PicoMux session, @Nullable IOException cause) {}

  /** A stream is connected to what it asked for. */
  default void connected(PicoMux session, Destination destination) {}

  /**
   * A connected stream is over, in both directions.
   *
   * @param bytesUp bytes moved to the destination
   * @param bytesDown bytes moved from the destination
   * @param failure what cut it short; null after a clean end of both directions
   */
  default void disconnected(
      PicoMux session,
      Destination destination,
      long bytesUp,
      long bytesDown,
      @Nullable IOException failure) {}

  /**
   * A stream was refused.
   *
   * @param refusal says why; its message is safe to print
   */
  default void refused(PicoMux session, RefusedException refusal) {}
}
