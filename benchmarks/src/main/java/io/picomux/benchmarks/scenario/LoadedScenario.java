package io.picomux.benchmarks.scenario;

import io.picomux.benchmarks.link.Connection;
import io.picomux.benchmarks.link.PeerStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;
import picocli.CommandLine.Option;

/** Round trips on one stream while others carry as much as they can in one direction. */
abstract class LoadedScenario implements Scenario {
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
  public Sizes sizes() {
    return Sizes.ofRoundTrips(streams, count, 1, warmup, Sizes.USUAL_MESSAGE_BYTES);
  }

  @Override
  public void run(Connection connection, ThreadFactory threads, Result result) throws Exception {
    Sizes sizes = sizes();
    try (PeerStream stream = connection.open();
        BackgroundLoad load = BackgroundLoad.start(connection, threads, streams, direction())) {
      RoundTrips trips = new RoundTrips(stream, sizes.messageBytes());
      int warmups = (int) sizes.warmup();
      Workers.run(threads, List.<Callable<long[]>>of(() -> trips.make(warmups)));
      long bytesBefore = load.movedBytes();
      Workers.Outcome<long[]> outcome =
          Workers.run(threads, List.<Callable<long[]>>of(() -> trips.make(count)));
      long bytes = load.movedBytes() - bytesBefore;
      load.requireAlive();
      Outcome.ofLoaded(result, sizes, outcome.span(), new Latencies(outcome.results()), bytes);
    }
  }
}
