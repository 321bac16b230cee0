package io.picomux.benchmarks.scenario;

import io.picomux.benchmarks.link.Connection;
import io.picomux.benchmarks.link.PeerStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;
import picocli.CommandLine.Option;

/** Round trips on one stream while others carry as much as they can in one direction. */
abstract class LoadedScenario implements Scenario {
  private static final double BYTES_PER_MEGABYTE = 1e6;
  private static final int MESSAGE_BYTES = 64;

  /** What part of the round trips is made before the clock starts, unless it is set by hand. */
  private static final int WARMUP_DIVISOR = 10;

  @Option(names = "--streams", defaultValue = "4", description = "Bulk streams; default 4.")
  private int streams;

  @Option(names = "--count", defaultValue = "1000", description = "Round trips; default 1000.")
  private int count;

  @Option(
      names = "--warmup",
      description = "Round trips before the clock starts; default a tenth of --count.")
  private int warmup = -1;

  abstract BackgroundLoad.Direction direction();

  @Override
  public void run(Connection connection, ThreadFactory threads, Result result) throws Exception {
    Shares.requireAtLeast("--streams", streams, 1);
    Shares.requireAtLeast("--count", count, 1);
    try (PeerStream stream = connection.open();
        BackgroundLoad load = BackgroundLoad.start(connection, threads, streams, direction())) {
      RoundTrips trips = new RoundTrips(stream, MESSAGE_BYTES);
      int warmups = warmup < 0 ? count / WARMUP_DIVISOR : warmup;
      Workers.run(threads, List.<Callable<long[]>>of(() -> trips.make(warmups)));
      long bytesBefore = load.movedBytes();
      Workers.Outcome<long[]> outcome =
          Workers.run(threads, List.<Callable<long[]>>of(() -> trips.make(count)));
      long bytes = load.movedBytes() - bytesBefore;
      load.requireAlive();
      result
          .count("streams", streams)
          .count("count", count)
          .count("bytes", bytes)
          .figure("MBps", bytes / BYTES_PER_MEGABYTE / outcome.span().seconds());
      new Latencies(outcome.results()).addTo(result);
      outcome.span().addTo(result);
    }
  }
}
