package io.picomux.tunnel.exit;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The resolver of the operating system, asked on threads of its own.
 *
 * <p>A look-up in the JDK holds a platform thread until the system answers, which takes up to half
 * a minute for a name whose servers are silent. On a virtual thread that would hold one of the few
 * carriers, and a handful of such names would stop every stream of the process.
 *
 * <p>Safe for concurrent use. {@link #close()} gives up what is waiting.
 */
final class SystemResolver implements AutoCloseable {

  private static final Duration THREAD_IDLE = Duration.ofSeconds(10);

  private final HostResolver system;
  private final ThreadPoolExecutor lookups;

  /** A resolver that asks {@code system}, which may block, on its threads. */
  SystemResolver(HostResolver system) {
    this.system = system;
    this.lookups =
        new ThreadPoolExecutor(
            LookupTurns.TURNS,
            LookupTurns.TURNS,
            THREAD_IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            // Whoever has a turn finds a thread, or one that is about to be free.
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("picomux-resolver-", 0).factory());
    lookups.allowCoreThreadTimeOut(true);
  }

  /**
   * Asks for a name.
   *
   * @return is complete once the system has answered, and holds no thread any more then
   */
  CompletableFuture<List<InetAddress>> lookUp(String name) {
    CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
    try {
      lookups.execute(() -> ask(name, answer));
    } catch (RejectedExecutionException e) {
      answer.completeExceptionally(new RefusedException(Refusal.CLOSING, "the exit is closed"));
    } catch (OutOfMemoryError e) {
      // No thread can be made.
      answer.completeExceptionally(e);
    }
    return answer;
  }

  private void ask(String name, CompletableFuture<List<InetAddress>> answer) {
    try {
      answer.complete(system.resolve(name));
    } catch (IOException | RuntimeException | Error e) {
      answer.completeExceptionally(e);
    }
  }

  @Override
  public void close() {
    lookups.shutdownNow();
  }
}
