package io.picomux.testkit;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection of a {@link TcpLink}: a thread takes bytes in and notes when they
 * are due, another one hands them on. Thread-safe.
 */
final class TcpLinkPump {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** Bytes with the time at which they arrive; no bytes stand for the end of the direction. */
  private record Slice(ByteBuffer bytes, long dueNanoTime) {}

  private final TcpLink link;
  private final TcpLinkConnection connection;
  private final Socket from;
  private final Socket to;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private final ArrayDeque<Slice> queue = new ArrayDeque<>();
  private int queuedBytes;
  private long busyUntilNanoTime = System.nanoTime();

  TcpLinkPump(TcpLink link, TcpLinkConnection connection, Socket from, Socket to) {
    this.link = link;
    this.connection = connection;
    this.from = from;
    this.to = to;
  }

  void start() {
    Thread.ofVirtual().name("tcp-link-in").start(() -> run(this::takeIn));
    Thread.ofVirtual().name("tcp-link-out").start(() -> run(this::handOn));
  }

  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @FunctionalInterface
  private interface Part {
    void run() throws IOException, InterruptedException;
  }

  private void run(Part part) {
    try {
      part.run();
    } catch (IOException e) {
      // Either end has broken the connection: so does the link.
      connection.reset();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      connection.reset();
    }
  }

  private void takeIn() throws IOException, InterruptedException {
    byte[] buffer = new byte[64 << 10];
    int n;
    do {
      n = from.getInputStream().read(buffer, 0, Math.min(buffer.length, link.nextSliceBytes()));
      enqueue(ByteBuffer.wrap(Arrays.copyOf(buffer, Math.max(0, n))));
    } while (n >= 0);
  }

  private void enqueue(ByteBuffer bytes) throws InterruptedException {
    lock.lock();
    try {
      while (queuedBytes >= link.profile().bufferBytes() && !connection.isBroken()) {
        changed.await();
      }
      long now = System.nanoTime();
      long start = busyUntilNanoTime - now > 0 ? busyUntilNanoTime : now;
      busyUntilNanoTime =
          start + bytes.remaining() * NANOS_PER_SECOND / link.profile().bytesPerSecond();
      queue.add(new Slice(bytes, busyUntilNanoTime + link.profile().latencyNanos()));
      queuedBytes += bytes.remaining();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void handOn() throws IOException, InterruptedException {
    while (!connection.isBroken()) {
      Slice slice = nextDue();
      if (slice == null) {
        return;
      }
      int length = slice.bytes().remaining();
      if (length == 0) {
        to.shutdownOutput();
        connection.pumpEnded();
        return;
      }
      int allowed = connection.allow(length);
      to.getOutputStream().write(slice.bytes().array(), 0, allowed);
      if (allowed < length) {
        connection.reset();
      }
    }
  }

  /** Waits for the next slice that has arrived; returns null when the connection is broken. */
  private @Nullable Slice nextDue() throws InterruptedException {
    lock.lock();
    try {
      while (!connection.isBroken()) {
        Slice first = queue.peek();
        if (first == null || link.isHeld()) {
          changed.await();
          continue;
        }
        long left = first.dueNanoTime() - System.nanoTime();
        if (left > 0) {
          changed.await(left, TimeUnit.NANOSECONDS);
          continue;
        }
        queue.remove();
        queuedBytes -= first.bytes().remaining();
        changed.signalAll();
        return first;
      }
      return null;
    } finally {
      lock.unlock();
    }
  }
}
