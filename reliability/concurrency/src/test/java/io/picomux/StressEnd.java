package io.picomux;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One end of a stream under stress: a writer and a reader, each on a thread of its own, which
 * choose at random among all the ways to write, read and end. What they see is checked against
 * {@link StressDirection}.
 */
final class StressEnd {
  private static final int MAX_CHUNK_BYTES = 20_000;
  private static final int MAX_STREAM_BYTES = 120_000;

  /** Arrays of ended reads that are looked at again later. */
  private static final int WATCHED_ARRAYS = 3;

  /** After that a thread tries without having been told. */
  private static final long LISTENER_SECONDS = 1;

  /** A listener that is not told by then was forgotten. */
  private static final long LOST_SECONDS = 60;

  private final MuxStream stream;
  private final StressDirection out;
  private final StressDirection in;
  private final StressCounts counts;
  private final AtomicBoolean dropped = new AtomicBoolean();

  StressEnd(MuxStream stream, StressDirection out, StressDirection in, StressCounts counts) {
    this.stream = stream;
    this.out = out;
    this.in = in;
    this.counts = counts;
  }

  // ---- writing

  /** Writes, ends the direction or the whole stream, and says so. */
  void write(Random random) {
    long accepted = 0;
    boolean reset = false;
    int target = random.nextInt(10) == 0 ? 0 : random.nextInt(MAX_STREAM_BYTES);
    try {
      while (accepted < target) {
        byte[] array = new byte[1 + random.nextInt(MAX_CHUNK_BYTES)];
        out.fill(array, array.length, accepted);
        ByteBuffer chunk = chunk(array, random);
        try {
          writeChunk(chunk, random);
        } catch (InterruptedIOException e) {
          // A timeout or an interrupt: the stream goes on where the position of the buffer says.
          counts.noteEarlyEnd(Thread.interrupted());
        } finally {
          accepted += chunk.position();
          Arrays.fill(array, StressDirection.CANARY);
        }
      }
      switch (random.nextInt(8)) {
        case 0 -> reset = drop(true);
        case 1 -> drop(false);
        case 2 -> stream.shutdownOutputNow();
        default -> stream.shutdownOutput();
      }
    } catch (IOException e) {
      counts.noteFailure(e);
    } finally {
      out.end().complete(new StressDirection.End(accepted, reset));
    }
  }

  private static ByteBuffer chunk(byte[] array, Random random) {
    return random.nextInt(8) == 0
        ? ByteBuffer.allocateDirect(array.length).put(array).flip()
        : ByteBuffer.wrap(array);
  }

  private void writeChunk(ByteBuffer chunk, Random random) throws IOException {
    stream.setWriteTimeout(
        random.nextInt(3) == 0 ? Duration.ofMillis(1 + random.nextInt(20)) : Duration.ZERO);
    if (random.nextInt(4) > 0) {
      stream.write(chunk);
      return;
    }
    Semaphore writable = new Semaphore(0);
    stream.onWritable(writable::release);
    while (chunk.hasRemaining()) {
      stream.tryWrite(chunk);
      if (chunk.hasRemaining()) {
        awaitListener(writable, LISTENER_SECONDS);
      }
    }
  }

  /**
   * Resets or closes the stream, unless the other thread has done so; returns whether it was reset.
   */
  private boolean drop(boolean reset) {
    if (!dropped.compareAndSet(false, true)) {
      return false;
    }
    if (reset) {
      stream.reset();
    } else {
      stream.close();
    }
    // A close of the session ends its streams in order, and may have come first.
    return reset && !stream.session().isClosing();
  }

  // ---- reading

  /** Reads to the end, a failure or where it leaves early, and closes the stream when it leaves. */
  void read(Random random) {
    long leavesAt = random.nextInt(6) == 0 ? random.nextInt(MAX_STREAM_BYTES) : Long.MAX_VALUE;
    ArrayDeque<byte[]> watched = new ArrayDeque<>();
    long position = 0;
    try {
      while (position < leavesAt) {
        byte[] array = new byte[1 + random.nextInt(MAX_CHUNK_BYTES)];
        Arrays.fill(array, StressDirection.CANARY);
        int n = readChunk(array, random);
        if (n < 0) {
          in.checkCleanEnd(position);
          counts.noteCleanEnd();
          break;
        }
        in.check(array, n, position);
        checkCanary(array, n);
        position += n;
        Arrays.fill(array, StressDirection.CANARY);
        watch(array, watched);
      }
      if (position >= leavesAt) {
        drop(false);
      }
    } catch (IOException e) {
      counts.noteFailure(e);
    } finally {
      counts.noteRead(position);
      watched.forEach(array -> checkCanary(array, 0));
    }
  }

  private int readChunk(byte[] array, Random random) throws IOException {
    stream.setReadTimeout(
        random.nextInt(3) == 0 ? Duration.ofMillis(1 + random.nextInt(20)) : Duration.ZERO);
    try {
      if (random.nextInt(4) > 0) {
        return stream.read(array, 0, array.length);
      }
      Semaphore readable = new Semaphore(0);
      stream.onReadable(readable::release);
      int n = stream.tryRead(ByteBuffer.wrap(array));
      if (n == 0 && !awaitListener(readable, LISTENER_SECONDS)) {
        n = stream.tryRead(ByteBuffer.wrap(array));
        if (n != 0 && !awaitListener(readable, LOST_SECONDS)) {
          throw new AssertionError(
              stream + ": there is something to read, and no listener is told");
        }
      }
      return n;
    } catch (InterruptedIOException e) {
      counts.noteEarlyEnd(Thread.interrupted());
      return 0;
    }
  }

  /** Waits for a listener for a while; returns false when it was not told. */
  private boolean awaitListener(Semaphore told, long seconds) {
    try {
      if (told.tryAcquire(seconds, TimeUnit.SECONDS)) {
        return true;
      }
      counts.noteSlowListener();
      return false;
    } catch (InterruptedException e) {
      counts.noteEarlyEnd(true);
      return true;
    }
  }

  private static void watch(byte[] array, ArrayDeque<byte[]> watched) {
    watched.add(array);
    if (watched.size() > WATCHED_ARRAYS) {
      checkCanary(watched.remove(), 0);
    }
  }

  private static void checkCanary(byte[] array, int from) {
    for (int i = from; i < array.length; i++) {
      if (array[i] != StressDirection.CANARY) {
        throw new AssertionError("an array was touched at " + i + " beyond what its call says");
      }
    }
  }
}
