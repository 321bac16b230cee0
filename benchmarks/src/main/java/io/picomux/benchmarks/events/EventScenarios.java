package io.picomux.benchmarks.events;

import io.picomux.benchmarks.scenario.Down;
import io.picomux.benchmarks.scenario.Idle;
import io.picomux.benchmarks.scenario.IdleSessions;
import io.picomux.benchmarks.scenario.Latencies;
import io.picomux.benchmarks.scenario.Loaded;
import io.picomux.benchmarks.scenario.LoadedDown;
import io.picomux.benchmarks.scenario.Opens;
import io.picomux.benchmarks.scenario.Outcome;
import io.picomux.benchmarks.scenario.OwnMemory;
import io.picomux.benchmarks.scenario.Result;
import io.picomux.benchmarks.scenario.Scenario;
import io.picomux.benchmarks.scenario.Shares;
import io.picomux.benchmarks.scenario.Sizes;
import io.picomux.benchmarks.scenario.SmallWrites;
import io.picomux.benchmarks.scenario.Span;
import io.picomux.benchmarks.scenario.Up;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Does the work of the scenarios with handlers that are called, without a thread for each stream.
 */
public final class EventScenarios {
  private final EventConnection connection;
  private final Sizes sizes;

  private EventScenarios(EventConnection connection, Sizes sizes) {
    this.connection = connection;
    this.sizes = sizes;
  }

  /** Runs a scenario and puts its figures into the result. */
  public static void run(EventConnection connection, Scenario scenario, Result result)
      throws IOException, InterruptedException {
    EventScenarios scenarios = new EventScenarios(connection, scenario.sizes());
    switch (scenario) {
      case Up unused -> scenarios.bulk(/* isUp= */ true, result);
      case Down unused -> scenarios.bulk(/* isUp= */ false, result);
      case Loaded unused -> scenarios.loaded(/* isUp= */ true, result);
      case LoadedDown unused -> scenarios.loaded(/* isUp= */ false, result);
      case Opens unused -> scenarios.opens(result);
      case Idle unused -> scenarios.idle(result);
      case SmallWrites unused -> throw unknown(scenario);
      case IdleSessions unused -> throw unknown(scenario);
      default -> scenarios.roundTrips(result);
    }
  }

  private static IllegalArgumentException unknown(Scenario scenario) {
    return new IllegalArgumentException(
        scenario.getClass().getSimpleName()
            + " is a scenario of our own peers and of TCP, with threads, only");
  }

  private void bulk(boolean isUp, Result result) throws IOException, InterruptedException {
    int parts = sizes.warmupParts();
    for (int i = 0; i < parts; i++) {
      transfer(isUp, Shares.share(sizes.warmup(), parts, i));
    }
    Outcome.ofBulk(result, sizes, transfer(isUp, sizes.amount()));
  }

  private Span transfer(boolean isUp, long total) throws IOException, InterruptedException {
    Countdown done = new Countdown(sizes.width());
    List<ClientStream.Bulk> streams = new ArrayList<>();
    for (int i = 0; i < sizes.width(); i++) {
      long share = Shares.share(total, sizes.width(), i);
      streams.add(new ClientStream.Bulk(isUp, share, done));
    }
    openAll(streams);
    return together(streams, done, (stream, unused) -> stream.begin());
  }

  private void openAll(List<? extends ClientStream> streams)
      throws IOException, InterruptedException {
    Countdown opened = new Countdown(streams.size());
    streams.forEach(opened::failsWith);
    connection.execute(() -> streams.forEach(stream -> connection.open(stream, opened)));
    await(opened.reached);
  }

  /** Lets all streams begin at once; returns the time until all of them have counted down. */
  private <S extends ClientStream> Span together(
      List<S> streams, Countdown done, BiConsumer<S, Integer> begin)
      throws IOException, InterruptedException {
    streams.forEach(done::failsWith);
    Span span = Span.begin();
    connection.execute(() -> {
      for (int i = 0; i < streams.size(); i++) {
        begin.accept(streams.get(i), i);
      }
    });
    await(done.reached);
    span.end();
    return span;
  }

  private void roundTrips(Result result) throws IOException, InterruptedException {
    List<ClientStream.Echo> streams = openEchoes(sizes.width());
    trip(streams, sizes.warmup());
    Span span = trip(streams, sizes.amount());
    Outcome.ofRoundTrips(result, sizes, span, latencies(streams));
  }

  private List<ClientStream.Echo> openEchoes(int count) throws IOException, InterruptedException {
    List<ClientStream.Echo> streams = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      streams.add(new ClientStream.Echo(sizes.messageBytes()));
    }
    openAll(streams);
    connection.execute(() -> streams.forEach(ClientStream.Echo::begin));
    return streams;
  }

  private Span trip(List<ClientStream.Echo> streams, long total)
      throws IOException, InterruptedException {
    Countdown done = new Countdown(streams.size());
    return together(
        streams,
        done,
        (stream, i) -> stream.trip((int) Shares.share(total, streams.size(), i), done));
  }

  private static Latencies latencies(List<ClientStream.Echo> streams) {
    return new Latencies(streams.stream().map(ClientStream.Echo::nanos).toList());
  }

  private void loaded(boolean isUp, Result result) throws IOException, InterruptedException {
    List<ClientStream.Echo> echo = openEchoes(1);
    List<ClientStream.Bulk> load = new ArrayList<>();
    for (int i = 0; i < sizes.width(); i++) {
      load.add(new ClientStream.Bulk(isUp, Long.MAX_VALUE, () -> {}));
    }
    openAll(load);
    connection.execute(() -> load.forEach(ClientStream.Bulk::begin));
    trip(echo, sizes.warmup());
    long before = movedBytes(load);
    Span span = trip(echo, sizes.amount());
    long bytes = movedBytes(load) - before;
    for (ClientStream stream : load) {
      if (stream.failed().isCompletedExceptionally()) {
        await(stream.failed());
      }
    }
    Outcome.ofLoaded(result, sizes, span, latencies(echo), bytes);
  }

  private long movedBytes(List<ClientStream.Bulk> load) throws IOException, InterruptedException {
    return await(
        CompletableFuture.supplyAsync(
            () -> load.stream().mapToLong(ClientStream.Bulk::movedBytes).sum(),
            connection::execute));
  }

  private void opens(Result result) throws IOException, InterruptedException {
    openTogether(sizes.warmup());
    Outcome.ofOpens(result, sizes, openTogether(sizes.amount()));
  }

  private Span openTogether(long total) throws IOException, InterruptedException {
    Countdown done = new Countdown(sizes.width());
    Span span = Span.begin();
    connection.execute(() -> {
      for (int i = 0; i < sizes.width(); i++) {
        useOneByOne(Shares.share(total, sizes.width(), i), done);
      }
    });
    await(done.reached);
    span.end();
    return span;
  }

  /** Opens a stream, exchanges one byte on it, ends it and goes on with the next. */
  private void useOneByOne(long left, Countdown done) {
    if (left == 0) {
      done.run();
      return;
    }
    ClientStream.Bulk[] only = new ClientStream.Bulk[1];
    only[0] =
        new ClientStream.Bulk(
            /* isUp= */ true,
            1,
            () -> {
              only[0].finish();
              useOneByOne(left - 1, done);
            });
    done.failsWith(only[0]);
    connection.open(only[0], only[0]::begin);
  }

  private void idle(Result result) throws IOException, InterruptedException {
    // What the first stream loads and makes is not a cost of each.
    openSilent(1);
    OwnMemory before = OwnMemory.now();
    openSilent(sizes.width());
    Outcome.ofIdle(result, sizes, before, OwnMemory.now());
  }

  private void openSilent(int count) throws IOException, InterruptedException {
    Semaphore window = new Semaphore(Idle.WINDOW_STREAMS);
    Countdown echoes = new Countdown(count);
    for (int i = 0; i < count; i++) {
      window.acquire();
      if (echoes.reached.isCompletedExceptionally()) {
        break;
      }
      ClientStream.Silent stream =
          new ClientStream.Silent(() -> {
            window.release();
            echoes.run();
          });
      echoes.failsWith(stream);
      stream.onFailure(cause -> window.release());
      connection.execute(() -> connection.open(stream, stream::begin));
    }
    await(echoes.reached);
  }

  /** Waits for something that handlers complete, with the cause of its failure. */
  private static <T extends @Nullable Object> T await(CompletableFuture<T> future)
      throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IOException("a stream failed", e.getCause());
    }
  }

  /** Waits for a number of streams, or for the first that fails. Counts as handlers are called. */
  private static final class Countdown implements Runnable {
    private final CompletableFuture<@Nullable Void> reached = new CompletableFuture<>();
    private int left;

    Countdown(int count) {
      left = count;
    }

    @Override
    public void run() {
      left--;
      if (left == 0) {
        reached.complete(null);
      }
    }

    void failsWith(ClientStream stream) {
      stream.onFailure(reached::completeExceptionally);
    }
  }
}
