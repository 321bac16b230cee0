package io.picomux.socket;

import io.picomux.PicoMux;
import java.io.IOException;
import java.net.ConnectException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sessions of this process that have a name, for libraries which create their socket factory by
 * class name and can give it no more than a text.
 *
 * <p>Safe for concurrent use. A session that ends loses its name by itself, so nothing piles up
 * here; a program that connects again registers the new session under the same name, and sockets
 * that are connected from then on use it.
 */
public final class MuxSessions {
  /** The name that factories created without an argument look for. */
  public static final String DEFAULT_NAME = "default";

  private static final ConcurrentHashMap<String, PicoMux> SESSIONS = new ConcurrentHashMap<>();

  private MuxSessions() {}

  /**
   * Gives a session a name; a session may have several.
   *
   * @return the session that had the name before and has lost it now, if there was one
   */
  public static Optional<PicoMux> register(String name, PicoMux session) {
    PicoMux before =
        SESSIONS.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(session));
    CompletableFuture<Void> unused =
        session.onTermination().thenRun(() -> SESSIONS.remove(name, session));
    return Optional.ofNullable(before);
  }

  /**
   * Takes a name away. Sockets that are connected stay so.
   *
   * @return the session that had it, if there was one
   */
  public static Optional<PicoMux> unregister(String name) {
    return Optional.ofNullable(SESSIONS.remove(name));
  }

  /** Returns the session of that name, if there is one. */
  public static Optional<PicoMux> lookup(String name) {
    return Optional.ofNullable(SESSIONS.get(name));
  }

  /** Returns the session of that name for a socket that needs one. */
  static PicoMux require(String name) throws IOException {
    PicoMux session = SESSIONS.get(name);
    if (session == null) {
      throw new ConnectException(
          "no live session is registered as '"
              + name
              + "': call MuxSessions.register before, and again after a reconnect");
    }
    return session;
  }
}
