package io.picomux.benchmarks.scenario;

import io.picomux.benchmarks.link.Connection;
import io.picomux.benchmarks.link.PeerStream;
import io.picomux.benchmarks.link.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Streams that carry bytes to the server until this is closed. Safe for concurrent use. */
final class BackgroundLoad implements AutoCloseable {
  private final List<PeerStream> streams = new ArrayList<>();
  private final LongAdder writtenBytes = new LongAdder();
  private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
  private final CountDownLatch toBegin;
  private volatile boolean closed;

  private BackgroundLoad(int count) {
    toBegin = new CountDownLatch(count);
  }

  /** Opens streams and returns once each of them has carried something. */
  static BackgroundLoad start(Connection connection, ThreadFactory threads, int count)
      throws IOException, InterruptedException {
    BackgroundLoad load = new BackgroundLoad(count);
    try {
      for (int i = 0; i < count; i++) {
        PeerStream stream = connection.open();
        load.streams.add(stream);
        threads.newThread(() -> load.write(stream)).start();
      }
      load.toBegin.await();
      load.requireAlive();
      return load;
    } catch (IOException | InterruptedException e) {
      load.close();
      throw e;
    }
  }

  /** Returns how many bytes the streams have accepted from their writers. */
  long writtenBytes() {
    return writtenBytes.sum();
  }

  /**
   * Throws what a stream has failed with, if one has: the load was not what it should have been.
   */
  void requireAlive() throws IOException {
    IOException cause = failure.get();
    if (cause != null) {
      throw new IOException("a stream of the load failed", cause);
    }
  }

  private void write(PeerStream stream) {
    try {
      byte[] buffer = new byte[BulkTransfer.BULK_BYTES];
      BulkTransfer.request(stream, Request.Mode.SINK, Long.MAX_VALUE);
      stream.write(buffer, 0, buffer.length);
      toBegin.countDown();
      while (!closed) {
        stream.write(buffer, 0, buffer.length);
        writtenBytes.add(buffer.length);
      }
    } catch (IOException e) {
      if (!closed) {
        failure.compareAndSet(null, e);
      }
      // Whoever waits for the beginning is to find the failure.
      toBegin.countDown();
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    for (PeerStream stream : streams) {
      stream.close();
    }
  }
}
