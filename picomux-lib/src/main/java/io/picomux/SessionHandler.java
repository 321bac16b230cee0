package io.picomux;

/** What a server does with one session. */
@FunctionalInterface
public interface SessionHandler {
  /**
   * Serves a session until it is of no more use; called on a virtual thread of its own. The session
   * is closed in order when the method returns, and aborted when it throws.
   *
   * @throws Exception whatever went wrong; a {@link SessionException} is the usual end of a loop
   *     over {@link PicoMux#accept()} and not logged
   */
  void handle(PicoMux session) throws Exception;
}
