package io.picomux.tunnel.exit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Shares the look-ups of an exit among its sessions, so that names whose servers are silent hold up
 * nobody else's.
 *
 * <p>A turn cannot be taken back, so that room is left before it is needed, as in the receive
 * budget of a session: an address may have as many turns as are free beside its own, and a session
 * half as many as its address may still have. Alone, a session has 16 at once and an address 32;
 * each further one finds some free.
 *
 * <p>Safe for concurrent use.
 */
final class LookupTurns implements AutoCloseable {

  /**
   * Look-ups at once (chosen by judgement: a name with silent servers holds a thread for half a
   * minute at the worst, so 64 of them still leave two look-ups a second).
   */
  static final int TURNS = 64;

  /** The part of an IPv6 address that a host does not choose for itself: its network, a /64. */
  private static final int IPV6_NETWORK_BYTES = 8;

  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock, like the fields of the shares.
  private final Map<Object, Integer> heldByAddress = new HashMap<>();

  /** The shares with waiters, the one that was served last at the end. */
  private final Set<Share> waiting = new LinkedHashSet<>();

  private int held;
  private boolean closed;

  /** Returns the share of a session with a peer. */
  Share share(@Nullable SocketAddress remote) {
    return new Share(keyOf(remote));
  }

  /** Wakes everyone who waits; later ones fail at once. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      for (Share share : Set.copyOf(waiting)) {
        share.failWaiters();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Gives turns to who may have one, the longest waiting session first; under the lock. */
  private void grant() {
    boolean granted = true;
    while (granted) {
      granted = false;
      for (Share share : Set.copyOf(waiting)) {
        if (share.mayTake()) {
          share.grantOne();
          granted = true;
        }
      }
    }
  }

  /** Returns what counts as one address. */
  private static Object keyOf(@Nullable SocketAddress remote) {
    InetAddress address = remote instanceof InetSocketAddress inet ? inet.getAddress() : null;
    if (address instanceof Inet6Address) {
      return ByteBuffer.wrap(address.getAddress(), 0, IPV6_NETWORK_BYTES);
    }
    return address == null ? "" : address;
  }

  /** Someone who waits; what it stands for is complete once it need not wait any more. */
  private static final class Waiter {
    final CompletableFuture<Turn> turn = new CompletableFuture<>();
  }

  /** What one session may have of the turns. */
  final class Share implements AutoCloseable {
    private final Object address;
    private final Set<Waiter> waiters = new LinkedHashSet<>();
    private int heldHere;
    private boolean over;

    private Share(Object address) {
      this.address = address;
    }

    /**
     * Waits for a turn.
     *
     * @throws SocketTimeoutException when there was none in time
     * @throws RefusedException when the session is over, or the exit closed
     */
    Turn take(long nanos) throws IOException {
      Waiter waiter = new Waiter();
      lock.lock();
      try {
        if (over || closed) {
          throw over();
        }
        waiters.add(waiter);
        waiting.add(this);
        grant();
      } finally {
        lock.unlock();
      }
      try {
        return waiter.turn.get(nanos, TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        giveUp(waiter);
        throw new SocketTimeoutException("too many names are being looked up");
      } catch (InterruptedException e) {
        giveUp(waiter);
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting to look up a name");
      } catch (ExecutionException e) {
        throw over();
      }
    }

    /** Wakes who waits; the turns that are held are held on. */
    @Override
    public void close() {
      lock.lock();
      try {
        over = true;
        failWaiters();
      } finally {
        lock.unlock();
      }
    }

    private void giveUp(Waiter waiter) {
      lock.lock();
      try {
        waiters.remove(waiter);
        if (waiters.isEmpty()) {
          waiting.remove(this);
        }
      } finally {
        lock.unlock();
      }
      if (waiter.turn.state() == Future.State.SUCCESS) {
        // It came at the same moment.
        waiter.turn.resultNow().close();
      }
    }

    private void failWaiters() {
      waiting.remove(this);
      waiters.forEach(waiter -> waiter.turn.completeExceptionally(over()));
      waiters.clear();
    }

    private boolean mayTake() {
      int ofAddress = heldByAddress.getOrDefault(address, 0);
      return 2 * heldHere < TURNS - held - ofAddress;
    }

    private void grantOne() {
      Waiter waiter = waiters.iterator().next();
      waiters.remove(waiter);
      waiting.remove(this);
      if (!waiters.isEmpty()) {
        waiting.add(this);
      }
      held++;
      heldHere++;
      heldByAddress.merge(address, 1, Integer::sum);
      waiter.turn.complete(new Turn(this));
    }

    private void giveBack() {
      held--;
      heldHere--;
      heldByAddress.computeIfPresent(address, (same, count) -> count == 1 ? null : count - 1);
      grant();
    }

    private static RefusedException over() {
      return new RefusedException(Refusal.CLOSING, "the session is over, or the exit closed");
    }
  }

  /** Stands for one look-up, until it is closed. */
  final class Turn implements AutoCloseable {
    private final Share share;
    private boolean closed;

    private Turn(Share share) {
      this.share = share;
    }

    /** Gives the turn back; does nothing when called again. */
    @Override
    public void close() {
      lock.lock();
      try {
        if (!closed) {
          closed = true;
          share.giveBack();
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
