package io.picomux.benchmarks.scenario;

import io.picomux.benchmarks.link.Connection;
import io.picomux.benchmarks.link.PeerStream;
import io.picomux.benchmarks.link.Request;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Streams that carry bytes in one direction until this is closed. Safe for concurrent use. */
final class BackgroundLoad implements AutoCloseable {
  private final List<PeerStream> streams = new ArrayList<>();
  private final LongAdder movedBytes = new LongAdder();
  private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
  private final CountDownLatch toBegin;
  private volatile boolean closed;

  /** Where the bytes go. */
  enum Direction {
    /** From client to server. */
    UP,
    /** From server to client. */
    DOWN
  }

  private BackgroundLoad(int count) {
    toBegin = new CountDownLatch(count);
  }

  /** Opens streams and returns once each of them has carried something. */
  static BackgroundLoad start(
      Connection connection, ThreadFactory threads, int count, Direction direction)
      throws IOException, InterruptedException {
    BackgroundLoad load = new BackgroundLoad(count);
    try {
      for (int i = 0; i < count; i++) {
        PeerStream stream = connection.open();
        load.streams.add(stream);
        threads.newThread(() -> load.carry(stream, direction)).start();
      }
      load.toBegin.await();
      load.requireAlive();
      return load;
    } catch (IOException | InterruptedException e) {
      load.close();
      throw e;
    }
  }

  /**
   * Returns how many bytes have been moved: upwards what the streams have accepted from their
   * writers, downwards what has arrived.
   */
  long movedBytes() {
    return movedBytes.sum();
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

  private void carry(PeerStream stream, Direction direction) {
    try {
      byte[] buffer = new byte[BulkTransfer.BULK_BYTES];
      Request.Mode mode = direction == Direction.UP ? Request.Mode.SINK : Request.Mode.SOURCE;
      BulkTransfer.request(stream, mode, Long.MAX_VALUE);
      move(stream, direction, buffer);
      toBegin.countDown();
      while (!closed) {
        movedBytes.add(move(stream, direction, buffer));
      }
    } catch (IOException e) {
      if (!closed) {
        failure.compareAndSet(null, e);
      }
      // Whoever waits for the beginning is to find the failure.
      toBegin.countDown();
    }
  }

  private static int move(PeerStream stream, Direction direction, byte[] buffer)
      throws IOException {
    if (direction == Direction.UP) {
      stream.write(buffer, 0, buffer.length);
      return buffer.length;
    }
    int n = stream.read(buffer, 0, buffer.length);
    if (n < 0) {
      throw new EOFException("the stream ended, but its server was to go on");
    }
    return n;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    for (PeerStream stream : streams) {
      stream.close();
    }
  }
}
