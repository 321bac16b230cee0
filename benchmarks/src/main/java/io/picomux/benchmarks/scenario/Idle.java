package io.picomux.benchmarks.scenario;

import io.picomux.benchmarks.link.Connection;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Many streams that have exchanged a byte and say no more. The client reports its own memory and
 * then waits, so that the server's can be looked at.
 */
@Command(name = "idle", description = "Memory of streams that are open and silent.")
public final class Idle implements Scenario {

  /**
   * Streams that may wait for their echo at a time, chosen by judgement: below the accept queue of
   * every multiplexer, the shortest of which holds 100.
   */
  public static final int WINDOW_STREAMS = 64;

  @Option(names = "--streams", defaultValue = "1000", description = "Streams; default 1000.")
  private int streams;

  /** Made by picocli. */
  public Idle() {}

  @Override
  public Sizes sizes() {
    Shares.requireAtLeast("--streams", streams, 1);
    return new Sizes(streams, streams, 0, Sizes.USUAL_MESSAGE_BYTES);
  }

  @Override
  public boolean staysOpen() {
    return true;
  }

  @Override
  public void run(Connection connection, ThreadFactory threads, Result result) throws Exception {
    Sizes sizes = sizes();
    EchoCounter echoes = new EchoCounter();
    // What the first stream loads and makes is not a cost of each.
    open(connection, echoes, 1);
    OwnMemory before = OwnMemory.now();
    open(connection, echoes, streams);
    OwnMemory after = OwnMemory.now();
    echoes.requireAlive();
    Outcome.ofIdle(result, sizes, before, after);
  }

  private static void open(Connection connection, EchoCounter echoes, int count)
      throws IOException, InterruptedException {
    for (int i = 0; i < count; i++) {
      echoes.window.acquire();
      echoes.requireAlive();
      connection.openIdle(echoes);
    }
    echoes.window.acquire(WINDOW_STREAMS);
    echoes.window.release(WINDOW_STREAMS);
    echoes.requireAlive();
  }

  /** Lets further streams be opened as echoes come. */
  private static final class EchoCounter implements Connection.IdleWatch {
    private final Semaphore window = new Semaphore(WINDOW_STREAMS);
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();

    @Override
    public void echoed() {
      window.release();
    }

    @Override
    public void failed(IOException cause) {
      failure.compareAndSet(null, cause);
      // Whoever waits for echoes is to find the failure.
      window.release(WINDOW_STREAMS);
    }

    void requireAlive() throws IOException {
      IOException cause = failure.get();
      if (cause != null) {
        throw new IOException("an idle stream failed", cause);
      }
    }
  }
}
