package io.picomux;

import io.picomux.buffer.DirectBuffers;
import io.picomux.core.WireFormat;
import io.picomux.log.GuardedLogger;
import io.picomux.loop.EventLoop;
import io.picomux.loop.EventLoops;
import io.picomux.loop.Registration;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Moves the bytes of a session over a non-blocking socket channel. A shared selector thread reads,
 * or in bulk whoever waits for data ({@link SocketReader}); whoever has data writes.
 *
 * <p>The role of the writer is a {@link WriterRole}. Its holder encodes its own frames and whatever
 * others have queued and writes without blocking. What the socket does not take, and what others
 * still bring after a few rounds, is left to the loop, which then holds the role: its holder never
 * parks.
 */
final class NioDriver implements Driver, EventLoop.Handler {
  /** Rounds that a holder of the role makes for others before the loop takes over. */
  private static final int ROUNDS_FOR_OTHERS = 2;

  /**
   * So many bytes of small writes go out at once; those of a burst wait for each other until then.
   * Less than what is encoded before a write: all of it goes out in one, in frames that are full
   * but for the last.
   */
  private static final int GATHERED_BYTES = 55 << 10;

  /**
   * How long the bytes of a burst wait for more. Chosen by judgement: a burst takes about as long
   * before any of it has to wait, and the loop wakes no more often.
   */
  private static final long GATHER_NANOS = 1_000_000;

  /** A write of so many bytes goes out at once, whoever is having a turn. */
  private static final int LARGE_WRITE_BYTES = WireFormat.DATA_BODY_BYTES;

  /**
   * How long what is written during a turn waits for its end at the most: the threads of the turn,
   * or others, may need the processor for long. Chosen by judgement: the loop wakes no more often.
   */
  private static final long TURN_NANOS = 1_000_000;

  /**
   * Rounds of the loop before it looks for what has come, and its other sessions have their turn.
   * Measured with round trips beside four bulk streams: eight carry as much, but the median is 2.2
   * times as long and the 99th percentile 1.6 times, for answers wait while the loop writes.
   */
  private static final int LOOP_ROUNDS = 1;

  /** When a deadline is looked at again for which a leader has to read first. */
  private static final long DEADLINE_RETRY_NANOS = 1_000_000;

  /**
   * When the socket takes nothing for so long, writers go on if there is room in the queue. Chosen
   * by judgement: longer than the peer's process waits for a processor, and no wait to be noticed.
   */
  private static final long HELD_UP_NANOS = 10_000_000;

  /** Write buffers that are kept for the next sessions that write. */
  private static final int KEPT_BUFFERS = 32;

  private static final DirectBuffers BUFFERS =
      new DirectBuffers(ROUND_BYTES + Session.LONGEST_FRAME_BYTES, KEPT_BUFFERS);

  private static final System.Logger LOG = GuardedLogger.ofLibrary();

  private final Session session;
  private final SocketChannel channel;
  private final @Nullable SocketAddress remoteAddress;
  private final WriterRole role = new WriterRole();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Whether the loop is going to write what is being gathered. */
  private final AtomicBoolean gathering = new AtomicBoolean();

  /** Turns that have begun and not ended. */
  private final AtomicInteger turns = new AtomicInteger();

  /** Whether the loop is going to look for turns that take long. */
  private final AtomicBoolean watchingTurns = new AtomicBoolean();

  private final EventLoop loop;
  private final Registration registration;
  private final SocketReader reader;
  private @Nullable ByteBuffer early;

  /** Encoded and not yet written; owned by the holder of the role. */
  private @Nullable ByteBuffer unwritten;

  /** Owned by the holder of the role. */
  private boolean outputEnded;

  private volatile boolean shutdownWanted;

  /** Whether the role waits for room in the socket; owned by the loop. */
  private boolean parked;

  /** How often the socket was full; owned by the loop. */
  private int parkings;

  /** Whether the loop is going to look whether the socket has taken nothing; owned by the loop. */
  private boolean watchingParking;

  /** Whether the socket has taken nothing for a while; written by the loop. */
  private volatile boolean heldUp;

  /** Owned by the loop. */
  private boolean channelClosed;

  /**
   * Takes over a connected channel.
   *
   * @param early bytes that were already read from it, or null
   */
  NioDriver(Session session, SocketChannel channel, @Nullable ByteBuffer early) throws IOException {
    if (!channel.isConnected()) {
      throw new NotYetConnectedException();
    }
    if (channel.isRegistered()) {
      throw new IllegalStateException(
          "the channel is registered with a selector already, of another session for instance: "
              + channel);
    }
    this.session = session;
    this.channel = channel;
    this.early = early;
    this.remoteAddress = channel.getRemoteAddress();
    channel.configureBlocking(false);
    if (channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
    loop = EventLoops.shared().acquire();
    try {
      registration = loop.register(channel, this);
    } catch (IOException | RuntimeException e) {
      EventLoops.shared().release();
      throw e;
    }
    reader = new SocketReader(session, channel, registration);
  }

  @Override
  public void start() {
    ByteBuffer first = early;
    early = null;
    if (first != null && first.hasRemaining()) {
      registration.execute(() -> session.onInput(first));
    }
    loop.start(registration);
  }

  @Override
  public void setDeadline(long nanoTime) {
    registration.setDeadline(nanoTime);
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return remoteAddress;
  }

  @Override
  public boolean isOwnThread() {
    return loop.isCurrentThread();
  }

  @Override
  public boolean mayCallWriters() {
    return loop.isCurrentThread();
  }

  @Override
  public void executeAfter(long nanos, Runnable task) {
    registration.executeAfter(nanos, task);
  }

  // ---- reading, on the loop unless threads of the application do it

  @Override
  public void onReadable(ByteBuffer scratch) {
    reader.onReadable(scratch);
  }

  @Override
  public boolean mayLead() {
    return reader.mayLead();
  }

  @Override
  public void lead(BooleanSupplier waits) {
    reader.lead(waits);
  }

  @Override
  public void pauseReading(long nanos) {
    reader.pause(nanos, loop.isCurrentThread());
  }

  @Override
  public void onDeadline() {
    if (reader.isReadAfterDeadline()) {
      session.onDeadline();
    } else {
      registration.setDeadline(System.nanoTime() + DEADLINE_RETRY_NANOS);
    }
  }

  @Override
  public void onFailure(Throwable cause) {
    session.onTransportFailure(cause);
  }

  // ---- writing, by the holder of the role

  @Override
  public void requestWrite(int callerBytes) {
    // The end of a turn comes after this look at it, and what is there by then is written.
    if (callerBytes >= LARGE_WRITE_BYTES || turns.get() == 0) {
      requestWriteNow(callerBytes);
    }
  }

  private void requestWriteNow(int callerBytes) {
    if (role.takeOrLeaveNote()) {
      write(ROUNDS_FOR_OTHERS + callerBytes / ROUND_BYTES);
    }
  }

  @Override
  public void requestWriteSoon(int pendingBytes) {
    if (pendingBytes >= GATHERED_BYTES || role.isTaken()) {
      requestWrite(pendingBytes);
    } else if (!gathering.get() && gathering.compareAndSet(false, true)) {
      registration.executeAfter(GATHER_NANOS, this::endGathering);
    }
  }

  @Override
  public boolean gathers() {
    return gathering.get();
  }

  private void endGathering() {
    // What comes after this asks for another time.
    gathering.set(false);
    session.flush();
  }

  @Override
  public void beginTurn() {
    turns.incrementAndGet();
    watchTurns();
  }

  @Override
  public void endTurn() {
    turns.decrementAndGet();
    requestWriteNow(0);
  }

  private void watchTurns() {
    if (!watchingTurns.get() && watchingTurns.compareAndSet(false, true)) {
      registration.executeAfter(TURN_NANOS, this::writeDuringTurns);
    }
  }

  private void writeDuringTurns() {
    watchingTurns.set(false);
    if (turns.get() > 0) {
      requestWriteNow(0);
      watchTurns();
    }
  }

  @Override
  public void onWritable() {
    parked = false;
    heldUp = false;
    write(LOOP_ROUNDS);
  }

  /** Writes until there is nothing more, the socket is full or the rounds are used up. */
  private void write(int rounds) {
    try {
      int left = rounds;
      while (true) {
        if (!writeOut()) {
          session.onConnectionFull();
          registration.execute(this::park);
          return;
        }
        session.onRoundWritten();
        if (left == 0) {
          registration.execute(() -> write(LOOP_ROUNDS));
          return;
        }
        left--;
        role.lookAnew();
        if (!encode()) {
          session.onDrained();
          if (shutdownWanted) {
            endOutput();
          }
          if (role.release()) {
            return;
          }
        }
      }
    } catch (Throwable e) {
      // The role is kept: nothing can be written any more.
      dropUnwritten();
      session.onTransportFailure(e);
    }
  }

  /** Waits with the role until the socket has room, or keeps it when the channel is closed. */
  private void park() {
    if (channelClosed) {
      dropUnwritten();
    } else {
      parked = true;
      parkings++;
      watchParking();
      registration.wantWrite();
    }
  }

  @Override
  public boolean fillsSegments() {
    return true;
  }

  @Override
  public boolean mayHoldWriters() {
    return !heldUp;
  }

  private void watchParking() {
    if (!watchingParking) {
      watchingParking = true;
      int seen = parkings;
      registration.executeAfter(HELD_UP_NANOS, () -> endParkingWatch(seen));
    }
  }

  private void endParkingWatch(int seenParkings) {
    watchingParking = false;
    if (channelClosed) {
      return;
    }
    if (parked && parkings == seenParkings) {
      heldUp = true;
      session.onHeldUp();
    } else if (parked) {
      watchParking();
    }
  }

  /**
   * Gives the buffer back that the peer did not read: left to the garbage collector, those of many
   * peers would use up the memory outside the heap. By the holder of the role, or for it when it is
   * parked.
   */
  private void dropUnwritten() {
    ByteBuffer buffer = unwritten;
    if (buffer != null) {
      unwritten = null;
      BUFFERS.giveBack(buffer);
    }
  }

  /** Returns whether everything that was encoded is written. */
  private boolean writeOut() throws IOException {
    ByteBuffer buffer = unwritten;
    if (buffer != null) {
      channel.write(buffer);
      if (buffer.hasRemaining()) {
        return false;
      }
      unwritten = null;
      BUFFERS.giveBack(buffer);
    }
    return true;
  }

  /** Returns whether there was something to encode. */
  private boolean encode() {
    if (outputEnded) {
      return false;
    }
    ByteBuffer buffer = BUFFERS.take();
    session.fill(buffer, ROUND_BYTES);
    if (buffer.flip().hasRemaining()) {
      unwritten = buffer;
      return true;
    }
    BUFFERS.giveBack(buffer);
    return false;
  }

  // ---- the end

  @Override
  public void shutdownOutput() {
    shutdownWanted = true;
    requestWrite(0);
  }

  /** Ends our direction between two frames; nothing is written after it. By the writer. */
  private void endOutput() {
    if (outputEnded) {
      return;
    }
    outputEnded = true;
    try {
      channel.shutdownOutput();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "output of the channel does not shut down", e);
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      registration.cancel();
      registration.execute(this::closeChannel);
    }
  }

  private void closeChannel() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "channel does not close", e);
    } finally {
      channelClosed = true;
      if (parked) {
        dropUnwritten();
      }
      EventLoops.shared().release();
    }
  }
}
