package io.picomux;

import io.picomux.log.GuardedLogger;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Moves the bytes of a session over a transport that blocks: one thread reads and another one
 * writes. Threads of the application never touch the transport, and deadlines are kept by neither
 * of the two, as both may be stuck in it.
 */
final class BlockingDriver implements Driver {
  private static final System.Logger LOG = GuardedLogger.ofLibrary();

  /**
   * With so many full records of TLS a write is one of bulk: about as much as {@link #ROUND_BYTES}.
   */
  private static final int RECORDS_OF_ROUND = 4;

  /**
   * So many are written at once in bulk over a fast connection: with 196 KB of the 256 that a
   * stream may have queued fewer threads are woken. Measured with one stream, together with {@link
   * #wakesWritersLate} and turns of eight records at the reader ({@link TransportReader}): it
   * carries 1.1 to 1.15 times as much. Chosen by judgement: at 1 GB/s small frames wait for a fifth
   * of a millisecond.
   */
  private static final int RECORDS_OF_FAST_ROUND = 12;

  /**
   * After so many writes that were none of bulk the buffer for those is given back. Chosen by
   * judgement: what bulk leaves now and then is less, and an idle session has as many in minutes.
   */
  private static final int FORGOTTEN_ROUNDS = 8;

  private final Session session;
  private final Transport transport;

  /** Whether the transport sends records that are best full. */
  private final boolean fullRecords;

  private final TransportReader input;
  private final Thread reader;
  private final Thread writer;
  private final DeadlineTimer timer;
  private final AtomicBoolean wanted = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Opens when the session and its driver know each other. */
  private final CountDownLatch started = new CountDownLatch(1);

  private volatile boolean shutdownWanted;

  // Owned by the writer.
  private boolean shutdownDone;
  private int roundsSinceBulk = FORGOTTEN_ROUNDS;

  BlockingDriver(
      Session session, Transport transport, ThreadFactory threads, @Nullable ByteBuffer early) {
    this(
        session,
        transport,
        threads,
        early,
        transport instanceof StreamTransport streams ? streams.fullReadBytes() : Integer.MAX_VALUE);
  }

  /**
   * Creates the driver of a session.
   *
   * @param fullReadBytes how much a read brings that is likely to be followed by another one at
   *     once; that of a full record of TLS says that the transport sends such
   */
  BlockingDriver(
      Session session,
      Transport transport,
      ThreadFactory threads,
      @Nullable ByteBuffer early,
      int fullReadBytes) {
    this.session = session;
    this.transport = transport;
    this.fullRecords = fullReadBytes == StreamTransport.FULL_RECORD_BYTES;
    this.input = new TransportReader(session, transport, fullReadBytes);
    this.reader = threads.newThread(() -> runStarted(() -> input.run(early)));
    this.writer = threads.newThread(() -> runStarted(this::write));
    String name = "picomux-" + session.id();
    reader.setName(name + "-reader");
    writer.setName(name + "-writer");
    this.timer = new DeadlineTimer(name + "-timer", this::onDeadline);
  }

  @Override
  public void start() {
    started.countDown();
    timer.start();
    reader.start();
    writer.start();
  }

  @Override
  public boolean fillsSegments() {
    return !fullRecords;
  }

  @Override
  public boolean wakesWritersLate() {
    return fullRecords;
  }

  @Override
  public void requestWrite(int callerBytes) {
    if (!wanted.get() && wanted.compareAndSet(false, true)) {
      LockSupport.unpark(writer);
    }
  }

  @Override
  public void setDeadline(long nanoTime) {
    timer.set(nanoTime);
  }

  @Override
  public void pauseReading(long nanos) {
    input.pause(nanos);
  }

  @Override
  public void shutdownOutput() {
    shutdownWanted = true;
    LockSupport.unpark(writer);
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return transport.remoteAddress();
  }

  @Override
  public boolean isOwnThread() {
    Thread current = Thread.currentThread();
    return current == reader || current == writer || timer.isCurrentThread();
  }

  /** A factory may have started the thread itself, when there was no session to run yet. */
  private void runStarted(Runnable role) {
    boolean interrupted = false;
    while (true) {
      try {
        started.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    role.run();
  }

  private void write() {
    ByteBuffer buffer = ByteBuffer.allocate(roundBytes() + Session.LONGEST_FRAME_BYTES);
    try {
      while (!closed.get()) {
        wanted.set(false);
        if (!shutdownDone) {
          int roundBytes = roundBytes();
          buffer = fitting(buffer, roundBytes);
          session.fill(buffer, roundBytes - buffer.position());
          if (buffer.position() > 0) {
            writeRound(buffer, roundBytes);
            continue;
          }
          session.onDrained();
          if (shutdownWanted) {
            endOutput();
          }
        }
        if (!wanted.get() && !closed.get() && shutdownWanted == shutdownDone) {
          LockSupport.park(this);
        }
      }
    } catch (Throwable e) {
      session.onTransportFailure(e);
    }
  }

  /** Returns with how much a write begins no further frame. */
  private int roundBytes() {
    if (!fullRecords) {
      return ROUND_BYTES;
    }
    boolean isLong = roundsSinceBulk < FORGOTTEN_ROUNDS && session.heldWriters().isFast();
    return (isLong ? RECORDS_OF_FAST_ROUND : RECORDS_OF_ROUND) * StreamTransport.FULL_RECORD_BYTES;
  }

  /** Returns the buffer, or a longer one with the same contents, or a short one after bulk. */
  private ByteBuffer fitting(ByteBuffer buffer, int roundBytes) {
    int neededBytes = roundBytes + Session.LONGEST_FRAME_BYTES;
    boolean isForgotten = roundsSinceBulk == FORGOTTEN_ROUNDS && buffer.position() == 0;
    if (isForgotten ? buffer.capacity() == neededBytes : buffer.capacity() >= neededBytes) {
      return buffer;
    }
    return ByteBuffer.allocate(neededBytes).put(buffer.flip());
  }

  /**
   * Writes what is encoded. In bulk what would not fill another record of TLS is left for the next
   * round: records that are full cost the least at both ends, and tell the peer's reader that more
   * follows.
   */
  private void writeRound(ByteBuffer buffer, int roundBytes) throws IOException {
    int length = buffer.position();
    boolean isBulk = fullRecords && length >= RECORDS_OF_ROUND * StreamTransport.FULL_RECORD_BYTES;
    roundsSinceBulk = isBulk ? 0 : Math.min(FORGOTTEN_ROUNDS, roundsSinceBulk + 1);
    if (isBulk) {
      length = Math.min(length, roundBytes);
      length -= length % StreamTransport.FULL_RECORD_BYTES;
    }
    transport.write(buffer.array(), buffer.arrayOffset(), length);
    buffer.flip().position(length).compact();
  }

  /** Nothing is written after this. Whether it has worked, the peer's end or its absence tells. */
  private void endOutput() {
    shutdownDone = true;
    try {
      transport.shutdownOutput();
    } catch (IOException | UnsupportedOperationException e) {
      LOG.log(System.Logger.Level.DEBUG, "output of the transport does not shut down", e);
    }
  }

  private void onDeadline() {
    try {
      session.onDeadline();
    } catch (Throwable e) {
      session.onTransportFailure(e);
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      timer.stop();
      input.close();
      LockSupport.unpark(writer);
      Thread.ofVirtual().name("picomux-" + session.id() + "-closer").start(this::closeTransport);
    }
  }

  private void closeTransport() {
    try {
      transport.close();
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "transport does not close", e);
    }
  }
}
