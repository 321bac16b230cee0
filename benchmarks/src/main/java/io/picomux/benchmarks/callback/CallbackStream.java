package io.picomux.benchmarks.callback;

import io.picomux.MuxStream;
import io.picomux.benchmarks.events.ClientStream;
import io.picomux.benchmarks.events.StreamPort;
import io.picomux.benchmarks.link.CallbackWriter;
import io.picomux.benchmarks.link.Request;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Carries a stream of a client over one of picomux; called when there is something to read. Guarded
 * by the lock of its connection.
 */
final class CallbackStream implements StreamPort, Runnable {

  /** What small writes are taken of; chosen by judgement: longer than every message. */
  private static final byte[] ZEROS = new byte[64 << 10];

  /** What one read takes, the same for every peer. */
  private static final int READ_BYTES = 64 << 10;

  /** What is read of a stream whose bytes are only counted, but for the first. */
  private static final ThreadLocal<ByteBuffer> INPUT =
      ThreadLocal.withInitial(() -> ByteBuffer.allocate(READ_BYTES));

  private final MuxStream carrier;
  private final ClientStream stream;
  private final Object lock;
  private final CallbackWriter writer;
  private boolean finished;

  CallbackStream(MuxStream carrier, ClientStream stream, Object lock) {
    this.carrier = carrier;
    this.stream = stream;
    this.lock = lock;
    this.writer = new CallbackWriter(carrier, lock, stream::fail);
  }

  // ---- for the stream

  @Override
  public void request(Request request) {
    writer.write(ByteBuffer.wrap(request.encode()));
  }

  @Override
  public void writeZeros(int count) {
    writer.write(ByteBuffer.wrap(ZEROS, 0, count));
  }

  /** What callbacks write leaves when all have run. */
  @Override
  public void flush() {}

  @Override
  public void writeBulk(long bytes) {
    writer.writeBulk(bytes);
  }

  @Override
  public long bulkWrittenBytes() {
    return writer.writtenBulkBytes();
  }

  @Override
  public void finish() {
    finished = true;
    carrier.close();
  }

  // ---- for picomux

  @Override
  public void run() {
    synchronized (lock) {
      try {
        read(INPUT.get());
      } catch (IOException | RuntimeException e) {
        // The library would log the latter, and the run would wait for ever.
        stream.fail(e);
      }
    }
  }

  private void read(ByteBuffer bytes) throws IOException {
    while (!finished) {
      int n = carrier.tryRead(bytes.clear());
      if (n == 0) {
        return;
      }
      if (n < 0) {
        stream.onEnd();
        return;
      }
      stream.take(n, bytes.get(0));
    }
  }
}
