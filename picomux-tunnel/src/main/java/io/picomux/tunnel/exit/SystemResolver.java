package io.picomux.tunnel.exit;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The resolver of the operating system, asked on threads of its own.
 *
 * <p>A look-up in the JDK holds a platform thread until the system answers, which takes up to half
 * a minute for a name whose servers are silent. On a virtual thread that would hold one of the few
 * carriers, and a handful of such names would stop every stream of the process.
 *
 * <p>Safe for concurrent use. {@link #close()} gives up what is waiting.
 */
final class SystemResolver implements HostResolver, AutoCloseable {

  /**
   * Look-ups at once, and threads (chosen by judgement: a name with silent servers holds one for
   * half a minute at the worst, so 64 of them still leave two look-ups a second).
   */
  private static final int MAX_LOOKUPS = 64;

  /** Look-ups that wait for a thread (chosen by judgement: one full session of streams). */
  private static final int MAX_WAITING = 1024;

  private static final Duration THREAD_IDLE = Duration.ofSeconds(10);

  private final Duration timeout;
  private final HostResolver system;
  private final ThreadPoolExecutor lookups;

  /** A resolver that gives a name {@code timeout}, more than 0, to be resolved. */
  SystemResolver(Duration timeout) {
    this(timeout, name -> List.of(InetAddress.getAllByName(name)));
  }

  /** A resolver that asks {@code system}, which may block, on its threads. */
  SystemResolver(Duration timeout, HostResolver system) {
    this.timeout = timeout;
    this.system = system;
    this.lookups =
        new ThreadPoolExecutor(
            MAX_LOOKUPS,
            MAX_LOOKUPS,
            THREAD_IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().daemon().name("picomux-resolver-", 0).factory());
    lookups.allowCoreThreadTimeOut(true);
  }

  @Override
  public List<InetAddress> resolve(String name) throws IOException {
    Future<List<InetAddress>> lookup;
    try {
      lookup = lookups.submit(() -> system.resolve(name));
    } catch (RejectedExecutionException e) {
      throw new SocketTimeoutException("closed, or too many names are being looked up");
    }
    try {
      return lookup.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      lookup.cancel(true);
      throw new SocketTimeoutException(
          "no answer for " + name + " within " + timeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      UnknownHostException unknown = new UnknownHostException(name);
      unknown.initCause(e.getCause());
      throw unknown;
    } catch (InterruptedException e) {
      lookup.cancel(true);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while looking up " + name);
    }
  }

  @Override
  public void close() {
    lookups.shutdownNow();
  }
}
