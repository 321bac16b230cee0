package io.picomux.reliability.attacks.victim;

import io.picomux.PicoMux;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Knows the sessions of the victim by the port of their peer, the live ones and how the latest
 * others ended. Safe for concurrent use.
 */
final class SessionLedger {
  /** Endings that are remembered; few, because they lie in the heap that is measured. */
  private static final int KEPT_ENDINGS = 200;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Integer, PicoMux> live = new HashMap<>();
  private final Map<Integer, Ending> endings = new LinkedHashMap<>();
  private final Map<String, Integer> counts = new TreeMap<>();

  void add(PicoMux session) {
    if (!(session.remoteAddress() instanceof InetSocketAddress remote)) {
      throw new IllegalStateException(session + " has no remote address");
    }
    int port = remote.getPort();
    lock.lock();
    try {
      live.put(port, session);
      // Ports are used again.
      endings.remove(port);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    CompletableFuture<Void> unused =
        session.onTermination().thenAccept(cause -> ended(port, session, Ending.of(cause)));
  }

  private void ended(int port, PicoMux session, Ending ending) {
    lock.lock();
    try {
      counts.merge(ending.name(), 1, Integer::sum);
      if (live.remove(port, session)) {
        endings.put(port, ending);
        if (endings.size() > KEPT_ENDINGS) {
          endings.remove(endings.keySet().iterator().next());
        }
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  int liveSessions() {
    lock.lock();
    try {
      return live.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns the session with the peer at this port, or null when it is over or does not come in
   * time. A session answers its peer before its handler has run, which brings it here: who has
   * heard of a session by its peer may have to wait for it.
   */
  @Nullable PicoMux awaitSession(int port, long millis) throws InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    lock.lock();
    try {
      PicoMux session;
      while ((session = live.get(port)) == null && !endings.containsKey(port) && left > 0) {
        left = changed.awaitNanos(left);
      }
      return session;
    } finally {
      lock.unlock();
    }
  }

  /** Returns how often sessions have ended for which reason, since the last call. */
  Map<String, Integer> takeCounts() {
    lock.lock();
    try {
      Map<String, Integer> taken = new TreeMap<>(counts);
      counts.clear();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Returns how the session with the peer at this port ended, or null when it does not in time. */
  @Nullable Ending awaitEnding(int port, long millis) throws InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    lock.lock();
    try {
      Ending ending;
      while ((ending = endings.get(port)) == null && left > 0) {
        left = changed.awaitNanos(left);
      }
      return ending;
    } finally {
      lock.unlock();
    }
  }
}
