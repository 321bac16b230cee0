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
import picocli.CommandLine.Option;

/** Moves many bytes in one direction over a number of streams at once. */
abstract class BulkTransfer implements Scenario {
  /** The length of a read or write, the same for every peer. */
  static final int BULK_BYTES = 64 << 10;

  @Option(names = "--streams", defaultValue = "1", description = "Streams at once; default 1.")
  private int streams;

  @Option(
      names = "--bytes",
      defaultValue = "1000000000",
      description = "Bytes of all streams together; default 1000000000.")
  private long bytes;

  @Option(
      names = "--warmup",
      defaultValue = "0",
      description = {
        "Bytes that are moved in the same way before the clock starts, in parts as long as what",
        "is measured; default 0."
      })
  private long warmupBytes;

  @Override
  public Sizes sizes() {
    return Sizes.ofBulk(streams, bytes, warmupBytes);
  }

  @Override
  public void run(Connection connection, ThreadFactory threads, Result result) throws Exception {
    Sizes sizes = sizes();
    int parts = sizes.warmupParts();
    for (int i = 0; i < parts; i++) {
      long part = Shares.share(warmupBytes, parts, i);
      transfer(connection, threads, part, new Progress(System.nanoTime()));
    }
    Progress progress = new Progress(System.nanoTime());
    Span span = transfer(connection, threads, bytes, progress);
    progress.addTo(result, span.seconds());
    Outcome.ofBulk(result, sizes, span);
    addFigures(result, connection, bytes, span);
  }

  /** Adds what else is of interest. */
  void addFigures(Result result, Connection connection, long moved, Span span) {}

  private Span transfer(Connection connection, ThreadFactory threads, long total, Progress progress)
      throws Exception {
    List<PeerStream> opened = new ArrayList<>(streams);
    List<Callable<@Nullable Void>> tasks = new ArrayList<>(streams);
    for (int i = 0; i < streams; i++) {
      PeerStream stream = connection.open();
      long share = Shares.share(total, streams, i);
      opened.add(stream);
      tasks.add(() -> {
        move(stream, share, progress);
        return null;
      });
    }
    Span span = Workers.run(threads, tasks).span();
    for (PeerStream stream : opened) {
      stream.close();
    }
    return span;
  }

  /**
   * Sends the request and moves the bytes of one stream, until both ends know that all are there.
   *
   * @param progress hears of bytes that arrive at this end
   */
  abstract void move(PeerStream stream, long share, Progress progress) throws IOException;

  static void request(PeerStream stream, Request.Mode mode, long bytes) throws IOException {
    byte[] request = new Request(mode, bytes).encode();
    stream.write(request, 0, request.length);
  }
}
