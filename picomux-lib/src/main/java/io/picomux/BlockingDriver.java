package io.picomux;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Moves the bytes of a session over a transport that blocks: one thread reads, another one writes
 * and keeps the deadlines. Threads of the application never touch the transport.
 */
final class BlockingDriver implements Driver {
  /** What is read at once; chosen by judgement: TLS records are 16 KiB. */
  private static final int READ_BYTES = 32 << 10;

  /** What is encoded before a write; chosen by judgement: four full frames. */
  private static final int ROUND_BYTES = 32 << 10;

  private static final System.Logger LOG = System.getLogger("io.picomux");

  private final Session session;
  private final Transport transport;
  private final @Nullable ByteBuffer early;
  private final Thread reader;
  private final Thread writer;
  private final AtomicBoolean wanted = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Object deadlineLock = new Object();
  private long deadlineNanoTime;
  private boolean hasDeadline;
  private volatile boolean shutdownWanted;

  /** Owned by the writer. */
  private boolean shutdownDone;

  BlockingDriver(
      Session session, Transport transport, ThreadFactory threads, @Nullable ByteBuffer early) {
    this.session = session;
    this.transport = transport;
    this.early = early;
    this.reader = threads.newThread(this::read);
    this.writer = threads.newThread(this::write);
    reader.setName("picomux-" + session.id() + "-reader");
    writer.setName("picomux-" + session.id() + "-writer");
  }

  @Override
  public void start() {
    reader.start();
    writer.start();
  }

  @Override
  public void requestWrite(int callerBytes) {
    if (!wanted.get() && wanted.compareAndSet(false, true)) {
      LockSupport.unpark(writer);
    }
  }

  @Override
  public void setDeadline(long nanoTime) {
    synchronized (deadlineLock) {
      deadlineNanoTime = nanoTime;
      hasDeadline = true;
    }
    LockSupport.unpark(writer);
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

  private void read() {
    byte[] bytes = new byte[READ_BYTES];
    try {
      if (early != null && early.hasRemaining()) {
        session.onInput(early);
      }
      int n;
      while (!closed.get() && (n = transport.read(bytes, 0, bytes.length)) >= 0) {
        session.onInput(ByteBuffer.wrap(bytes, 0, n));
      }
      session.onInputEnd();
    } catch (Throwable e) {
      session.onTransportFailure(e);
    }
  }

  private void write() {
    ByteBuffer buffer = ByteBuffer.allocate(ROUND_BYTES + Session.LONGEST_FRAME_BYTES);
    try {
      while (!closed.get()) {
        wanted.set(false);
        runDeadline();
        session.fill(buffer.clear(), ROUND_BYTES);
        if (buffer.flip().hasRemaining()) {
          transport.write(buffer.array(), 0, buffer.limit());
        } else {
          session.onDrained();
          if (shutdownWanted && !shutdownDone) {
            shutdownDone = true;
            transport.shutdownOutput();
          }
          park();
        }
      }
    } catch (Throwable e) {
      session.onTransportFailure(e);
    }
  }

  private void park() {
    if (wanted.get() || closed.get() || shutdownWanted != shutdownDone) {
      return;
    }
    boolean timed;
    long nanos;
    synchronized (deadlineLock) {
      timed = hasDeadline;
      nanos = deadlineNanoTime - System.nanoTime();
    }
    if (!timed) {
      LockSupport.park(this);
    } else if (nanos > 0) {
      LockSupport.parkNanos(this, nanos);
    }
  }

  private void runDeadline() {
    synchronized (deadlineLock) {
      if (!hasDeadline || deadlineNanoTime - System.nanoTime() > 0) {
        return;
      }
      hasDeadline = false;
    }
    session.onDeadline();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      LockSupport.unpark(writer);
      Thread.ofVirtual().name("picomux-" + session.id() + "-closer").start(this::closeTransport);
    }
  }

  private void closeTransport() {
    try {
      transport.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "transport does not close", e);
    }
  }
}
