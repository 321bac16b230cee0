package io.picomux.benchmarks.link;

import io.picomux.MuxStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The server's side of a stream without a thread: reads the request and does what it asks. Guarded
 * by the lock of the session's callbacks.
 */
final class CallbackService implements Runnable {

  /** What one read of bulk takes, the same for every peer. */
  private static final int BULK_BYTES = 64 << 10;

  /** What is read and only counted. */
  private static final ThreadLocal<ByteBuffer> INPUT =
      ThreadLocal.withInitial(() -> ByteBuffer.allocate(BULK_BYTES));

  private final MuxStream stream;
  private final Object lock;
  private final ByteBuffer encoded = ByteBuffer.allocate(Request.LENGTH_BYTES);
  private final CallbackWriter writer;
  private long leftBytes;
  private boolean begun;

  private CallbackService(MuxStream stream, Object lock) {
    this.stream = stream;
    this.lock = lock;
    this.writer = new CallbackWriter(stream, lock, unused -> stream.reset());
  }

  static void serve(MuxStream stream, Object lock) {
    stream.onReadable(new CallbackService(stream, lock));
  }

  @Override
  public void run() {
    synchronized (lock) {
      try {
        if (begun) {
          count();
        } else {
          begin();
        }
      } catch (IOException | RuntimeException e) {
        // Whatever it is, the client finds that it does not work, and reports it.
        stream.reset();
      }
    }
  }

  private void begin() throws IOException {
    while (encoded.hasRemaining()) {
      int n = stream.tryRead(encoded);
      if (n < 0) {
        throw new IOException("the stream ended within its request");
      }
      if (n == 0) {
        return;
      }
    }
    begun = true;
    Request request = Request.decode(encoded.flip());
    switch (request.mode()) {
      case ECHO -> stream.onReadable(new CallbackEcho(stream, lock));
      case SINK -> {
        leftBytes = request.bytes();
        count();
      }
      case SOURCE -> {
        writer.writeBulk(request.bytes());
        count();
      }
    }
  }

  /** Takes what has come: the bytes of a sink, or nothing more than the end. */
  private void count() throws IOException {
    ByteBuffer bytes = INPUT.get();
    while (true) {
      int n = stream.tryRead(bytes.clear());
      if (n == 0) {
        return;
      }
      if (n < 0) {
        stream.close();
        return;
      }
      ReceivedBytes.add(n);
      leftBytes -= n;
      if (leftBytes == 0) {
        writer.write(ByteBuffer.wrap(new byte[] {Request.DONE}));
      }
    }
  }
}
