package io.picomux;

import io.picomux.log.GuardedLogger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides which connections of a server become sessions, and says so at most once a minute. Safe
 * for concurrent use.
 */
final class Admission {
  /** The part of an IPv6 address that a host does not choose for itself: its network, a /64. */
  private static final int IPV6_NETWORK_BYTES = 8;

  private static final long LOG_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final System.Logger LOG = GuardedLogger.ofLibrary();

  private final int maxSessions;
  private final int maxPerAddress;
  private final boolean loopbackCounts;
  private final BooleanSupplier littleMemory;
  private final LongSupplier nanoClock;

  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private final Map<Object, Integer> perAddress = new HashMap<>();
  private final Map<SessionRefusal, Long> refusals = new EnumMap<>(SessionRefusal.class);
  private int sessions;
  private long refused;
  private boolean logged;
  private long loggedNanoTime;

  /**
   * Admits nobody yet.
   *
   * @param loopbackCounts whether the bound for one address holds for this machine's own as well
   */
  Admission(
      int maxSessions,
      int maxPerAddress,
      boolean loopbackCounts,
      BooleanSupplier littleMemory,
      LongSupplier nanoClock) {
    this.maxSessions = maxSessions;
    this.maxPerAddress = maxPerAddress;
    this.loopbackCounts = loopbackCounts;
    this.littleMemory = littleMemory;
    this.nanoClock = nanoClock;
  }

  /** Admits a connection until {@link #leave}, or returns why not. */
  @Nullable SessionRefusal enter(@Nullable SocketAddress remote) {
    boolean full = littleMemory.getAsBoolean();
    Object key = keyOf(remote);
    SessionRefusal refusal;
    String message = null;
    lock.lock();
    try {
      int ofAddress = perAddress.getOrDefault(key, 0);
      if (sessions >= maxSessions) {
        refusal = SessionRefusal.TOO_MANY_SESSIONS;
      } else if (ofAddress >= maxPerAddress && isBounded(remote)) {
        refusal = SessionRefusal.TOO_MANY_OF_ADDRESS;
      } else if (full) {
        refusal = SessionRefusal.LITTLE_MEMORY;
      } else {
        sessions++;
        perAddress.put(key, ofAddress + 1);
        return null;
      }
      refusals.merge(refusal, 1L, Long::sum);
      refused++;
      if (mayLog()) {
        message = message(remote, refusal, ofAddress);
      }
    } finally {
      lock.unlock();
    }
    if (message != null) {
      LOG.log(System.Logger.Level.WARNING, message);
    }
    return refusal;
  }

  private boolean isBounded(@Nullable SocketAddress remote) {
    return loopbackCounts
        || !(remote instanceof InetSocketAddress inet
            && inet.getAddress() != null
            && inet.getAddress().isLoopbackAddress());
  }

  private boolean mayLog() {
    long now = nanoClock.getAsLong();
    if (logged && now - loggedNanoTime < LOG_PAUSE_NANOS) {
      return false;
    }
    logged = true;
    loggedNanoTime = now;
    return true;
  }

  private String message(@Nullable SocketAddress remote, SessionRefusal refusal, int ofAddress) {
    return "a connection of "
        + remote
        + " is refused: "
        + refusal.words()
        + "; sessions are "
        + sessions
        + " of "
        + maxSessions
        + ", of its address "
        + ofAddress
        + " of "
        + maxPerAddress
        + "; refused so far: "
        + refused
        + " (raise maxSessionsPerAddress where a proxy or a shared address is in front)";
  }

  /** A session is over. */
  void leave(@Nullable SocketAddress remote) {
    Object key = keyOf(remote);
    lock.lock();
    try {
      sessions--;
      perAddress.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
    } finally {
      lock.unlock();
    }
  }

  long refused() {
    lock.lock();
    try {
      return refused;
    } finally {
      lock.unlock();
    }
  }

  Map<SessionRefusal, Long> refusals() {
    lock.lock();
    try {
      return Map.copyOf(refusals);
    } finally {
      lock.unlock();
    }
  }

  /** Returns what counts as one address. */
  private static Object keyOf(@Nullable SocketAddress remote) {
    if (!(remote instanceof InetSocketAddress inet)) {
      return "";
    }
    InetAddress address = inet.getAddress();
    if (address instanceof Inet6Address) {
      return ByteBuffer.wrap(address.getAddress(), 0, IPV6_NETWORK_BYTES);
    }
    return address == null ? "" : address;
  }
}
