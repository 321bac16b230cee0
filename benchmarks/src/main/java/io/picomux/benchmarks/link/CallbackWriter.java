package io.picomux.benchmarks.link;

import io.picomux.MuxStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Writes on a stream without a thread, as much at a time as it takes; called when there is room.
 * Safe for concurrent use.
 */
public final class CallbackWriter implements Runnable {

  /** What one write of bulk offers, the same for every peer. */
  private static final byte[] BLOCK = new byte[64 << 10];

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final MuxStream stream;
  private final Object lock;
  private final Consumer<Exception> onFailure;

  // Guarded by the lock.

  /** A few bytes that are not taken yet. */
  private ByteBuffer small = NOTHING;

  /** What of a block of bulk is not taken yet. */
  private ByteBuffer block = NOTHING;

  private long leftBulkBytes;
  private long writtenBulkBytes;
  private boolean listening;
  private boolean writing;
  private boolean calledWhileWriting;

  /**
   * Creates the writer of a stream.
   *
   * @param lock guards all callbacks of the session, for a write may call others
   */
  public CallbackWriter(MuxStream stream, Object lock, Consumer<Exception> onFailure) {
    this.stream = stream;
    this.lock = lock;
    this.onFailure = onFailure;
  }

  /** Writes a few bytes, those before any bulk; the buffer is the writer's from now on. */
  public void write(ByteBuffer bytes) {
    synchronized (lock) {
      if (small.hasRemaining()) {
        int length = small.remaining() + bytes.remaining();
        small = ByteBuffer.allocate(length).put(small).put(bytes).flip();
      } else {
        small = bytes;
        run();
      }
    }
  }

  /** Writes many bytes after all others. */
  public void writeBulk(long bytes) {
    synchronized (lock) {
      leftBulkBytes += bytes;
      run();
    }
  }

  /** Returns how many bytes of bulk the stream has taken. */
  public long writtenBulkBytes() {
    synchronized (lock) {
      return writtenBulkBytes;
    }
  }

  @Override
  public void run() {
    synchronized (lock) {
      if (writing) {
        // A write has made room by what it let leave.
        calledWhileWriting = true;
        return;
      }
      writing = true;
      try {
        do {
          calledWhileWriting = false;
          offerAll();
        } while (calledWhileWriting);
      } catch (IOException | RuntimeException e) {
        onFailure.accept(e);
      } finally {
        writing = false;
      }
    }
  }

  private void offerAll() throws IOException {
    if (small.hasRemaining() && !isTaken(small)) {
      return;
    }
    while (leftBulkBytes > 0) {
      if (!block.hasRemaining()) {
        block = ByteBuffer.wrap(BLOCK, 0, (int) Math.min(leftBulkBytes, BLOCK.length));
      }
      int before = block.remaining();
      boolean isTaken = isTaken(block);
      int n = before - block.remaining();
      leftBulkBytes -= n;
      writtenBulkBytes += n;
      if (!isTaken) {
        return;
      }
    }
  }

  /** Offers bytes; when there is no room for all of them, this is called again. */
  private boolean isTaken(ByteBuffer bytes) throws IOException {
    stream.tryWrite(bytes);
    if (bytes.hasRemaining()) {
      listen();
    }
    return !bytes.hasRemaining();
  }

  private void listen() {
    if (!listening) {
      listening = true;
      stream.onWritable(this);
    }
  }
}
