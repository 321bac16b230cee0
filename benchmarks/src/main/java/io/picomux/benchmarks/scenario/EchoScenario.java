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
  public Sizes sizes() {
    return Sizes.ofRoundTrips(streams(), count, streams(), warmup, messageBytes);
  }

  @Override
  public void run(Connection connection, ThreadFactory threads, Result result) throws Exception {
    Sizes sizes = sizes();
    List<PeerStream> opened = new ArrayList<>(streams());
    List<RoundTrips> trips = new ArrayList<>(streams());
    for (int i = 0; i < streams(); i++) {
      PeerStream stream = connection.open();
      opened.add(stream);
      trips.add(new RoundTrips(stream, messageBytes));
    }
    Workers.run(threads, tasks(trips, (int) sizes.warmup()));
    Workers.Outcome<long[]> outcome = Workers.run(threads, tasks(trips, count));
    Outcome.ofRoundTrips(result, sizes, outcome.span(), new Latencies(outcome.results()));
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
