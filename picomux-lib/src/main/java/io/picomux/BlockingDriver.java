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
   * Records of TLS that a write fills in bulk: about as much as {@link #ROUND_BYTES}, and what the
   * peer's reader takes in before it wakes others ({@link TransportReader}).
   */
  private static final int RECORDS_OF_ROUND = 4;

  private final Session session;
  private final Transport transport;

  /** Whether the transport sends records that are best full. */
  private final boolean fullRecords;

  /** No further frame is begun once a write has so much. */
  private final int roundBytes;

  private final TransportReader input;
  private final Thread reader;
  private final Thread writer;
  private final DeadlineTimer timer;
  private final AtomicBoolean wanted = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Opens when the session and its driver know each other. */
  private final CountDownLatch started = new CountDownLatch(1);

  private volatile boolean shutdownWanted;

  /** Owned by the writer. */
  private boolean shutdownDone;

  BlockingDriver(
      Session session, Transport transport, ThreadFactory threads, @Nullable ByteBuffer early) {
    this.session = session;
    this.transport = transport;
    int fullReadBytes =
        transport instanceof StreamTransport streams ? streams.fullReadBytes() : Integer.MAX_VALUE;
    this.fullRecords = fullReadBytes == StreamTransport.FULL_RECORD_BYTES;
    this.roundBytes = fullRecords ? RECORDS_OF_ROUND * fullReadBytes : ROUND_BYTES;
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
    ByteBuffer buffer = ByteBuffer.allocate(roundBytes + Session.LONGEST_FRAME_BYTES);
    try {
      while (!closed.get()) {
        wanted.set(false);
        if (!shutdownDone) {
          session.fill(buffer, roundBytes - buffer.position());
          if (buffer.position() > 0) {
            writeRound(buffer);
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

  /**
   * Writes what is encoded. In bulk what would begin another record of TLS is left for the next
   * round: records that are full cost the least at both ends, and tell the peer's reader that more
   * follows.
   */
  private void writeRound(ByteBuffer buffer) throws IOException {
    boolean inBulk = fullRecords && buffer.position() >= roundBytes;
    buffer.flip();
    int length = inBulk ? roundBytes : buffer.limit();
    transport.write(buffer.array(), buffer.arrayOffset(), length);
    buffer.position(length).compact();
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
