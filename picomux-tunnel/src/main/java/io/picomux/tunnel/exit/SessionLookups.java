package io.picomux.tunnel.exit;

import io.picomux.tunnel.exit.LookupTurns.Turn;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Looks up names for the streams of one session, each in a turn of its own, and gives up all of
 * them when the session is over. Safe for concurrent use.
 */
final class SessionLookups implements HostResolver, AutoCloseable {

  private final LookupTurns.Share turns;
  private final SystemResolver system;
  private final @Nullable HostResolver other;
  private final Duration timeout;
  private final CompletableFuture<List<InetAddress>> over = new CompletableFuture<>();

  /** The turns of {@link #other}, which hold no thread of ours. */
  private final Set<Turn> turnsOfOther = ConcurrentHashMap.newKeySet();

  /**
   * Look-ups for one session.
   *
   * @param other asked instead of the system; null for nobody
   * @param timeout for the wait for a turn and the answer of the system together, more than 0
   */
  SessionLookups(
      LookupTurns.Share turns,
      SystemResolver system,
      @Nullable HostResolver other,
      Duration timeout) {
    this.turns = turns;
    this.system = system;
    this.other = other;
    this.timeout = timeout;
  }

  @Override
  public List<InetAddress> resolve(String name) throws IOException {
    long deadlineNanoTime = System.nanoTime() + timeout.toNanos();
    Turn turn = turns.take(timeout.toNanos());
    return other == null
        ? askSystem(name, turn, deadlineNanoTime - System.nanoTime())
        : askOther(name, turn, other);
  }

  /** The turn lasts until the system has answered, whoever waits for that still. */
  private List<InetAddress> askSystem(String name, Turn turn, long nanos) throws IOException {
    CompletableFuture<List<InetAddress>> answer = system.lookUp(name);
    CompletableFuture<List<InetAddress>> first =
        answer.whenComplete((addresses, failure) -> turn.close()).applyToEither(over, a -> a);
    try {
      return first.get(Math.max(1, nanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new SocketTimeoutException(
          "no answer for " + name + " within " + timeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RefusedException refused) {
        throw refused;
      }
      UnknownHostException unknown = new UnknownHostException(name);
      unknown.initCause(e.getCause());
      throw unknown;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while looking up " + name);
    }
  }

  private List<InetAddress> askOther(String name, Turn turn, HostResolver resolver)
      throws IOException {
    turnsOfOther.add(turn);
    try {
      if (over.isDone()) {
        throw isOver();
      }
      return resolver.resolve(name);
    } finally {
      turnsOfOther.remove(turn);
      turn.close();
    }
  }

  @Override
  public void close() {
    turns.close();
    over.completeExceptionally(isOver());
    turnsOfOther.forEach(Turn::close);
  }

  private static RefusedException isOver() {
    return new RefusedException(Refusal.CLOSING, "the session is over");
  }
}
