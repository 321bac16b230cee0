package io.picomux.benchmarks.scenario;

import io.picomux.benchmarks.link.Connection;
import io.picomux.benchmarks.link.PeerStream;
import io.picomux.benchmarks.link.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Workers that open a stream, exchange one byte on it, close it, and begin again. */
@Command(name = "open", description = "Streams opened, used for a byte and closed.")
public final class Opens implements Scenario {

  @Option(names = "--concurrency", defaultValue = "8", description = "Workers; default 8.")
  private int workers;

  @Option(
      names = "--count",
      defaultValue = "10000",
      description = "Streams of all workers together; default 10000.")
  private int count;

  @Option(
      names = "--warmup",
      defaultValue = "0",
      description = "Streams that are opened before the clock starts; default 0.")
  private int warmup;

  /** Made by picocli. */
  public Opens() {}

  @Override
  public Sizes sizes() {
    Shares.requireAtLeast("--concurrency", workers, 1);
    Shares.requireAtLeast("--count", count, workers);
    Shares.requireAtLeast("--warmup", warmup, 0);
    return new Sizes(workers, count, warmup, Sizes.USUAL_MESSAGE_BYTES);
  }

  @Override
  public void run(Connection connection, ThreadFactory threads, Result result) throws Exception {
    Sizes sizes = sizes();
    Workers.run(threads, tasks(connection, warmup));
    Span span = Workers.run(threads, tasks(connection, count)).span();
    Outcome.ofOpens(result, sizes, span);
  }

  private List<Callable<@Nullable Void>> tasks(Connection connection, int total) {
    List<Callable<@Nullable Void>> tasks = new ArrayList<>(workers);
    for (int i = 0; i < workers; i++) {
      long share = Shares.share(total, workers, i);
      tasks.add(() -> {
        for (long made = 0; made < share; made++) {
          useOnce(connection);
        }
        return null;
      });
    }
    return tasks;
  }

  private static void useOnce(Connection connection) throws IOException {
    try (PeerStream stream = connection.open()) {
      BulkTransfer.request(stream, Request.Mode.SINK, 1);
      stream.write(new byte[1], 0, 1);
      Up.awaitDone(stream);
    }
  }
}
