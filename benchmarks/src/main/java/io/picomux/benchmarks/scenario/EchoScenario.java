package io.picomux.benchmarks.scenario;

import io.picomux.benchmarks.link.Connection;
import io.picomux.benchmarks.link.PeerStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;
import picocli.CommandLine.Option;

/** Round trips on a number of echo streams at once. */
abstract class EchoScenario implements Scenario {

  /** What part of the round trips is made before the clock starts, unless it is set by hand. */
  private static final int WARMUP_DIVISOR = 10;

  @Option(
      names = "--count",
      defaultValue = "10000",
      description = "Round trips of all streams together; default 10000.")
  private int count;

  @Option(names = "--size", defaultValue = "64", description = "Bytes of a message; default 64.")
  private int messageBytes;

  @Option(
      names = "--warmup",
      description = "Round trips before the clock starts; default a tenth of --count.")
  private int warmup = -1;

  abstract int streams();

  @Override
  public void run(Connection connection, ThreadFactory threads, Result result) throws Exception {
    Shares.requireAtLeast("--streams", streams(), 1);
    Shares.requireAtLeast("--count", count, streams());
    Shares.requireAtLeast("--size", messageBytes, 1);
    List<PeerStream> opened = new ArrayList<>(streams());
    List<RoundTrips> trips = new ArrayList<>(streams());
    for (int i = 0; i < streams(); i++) {
      PeerStream stream = connection.open();
      opened.add(stream);
      trips.add(new RoundTrips(stream, messageBytes));
    }
    Workers.run(threads, tasks(trips, warmup < 0 ? count / WARMUP_DIVISOR : warmup));
    Workers.Outcome<long[]> outcome = Workers.run(threads, tasks(trips, count));
    Latencies latencies = new Latencies(outcome.results());
    result
        .count("streams", streams())
        .count("count", count)
        .count("size", messageBytes)
        .figure("rps", latencies.count() / outcome.span().seconds());
    latencies.addTo(result);
    outcome.span().addTo(result);
    for (PeerStream stream : opened) {
      stream.close();
    }
  }

  private static List<Callable<long[]>> tasks(List<RoundTrips> trips, int total) {
    List<Callable<long[]>> tasks = new ArrayList<>(trips.size());
    for (int i = 0; i < trips.size(); i++) {
      RoundTrips mine = trips.get(i);
      int share = (int) Shares.share(total, trips.size(), i);
      tasks.add(() -> mine.make(share));
    }
    return tasks;
  }
}
