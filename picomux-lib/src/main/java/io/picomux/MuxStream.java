package io.picomux;

import io.picomux.core.CoreStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a session: bytes both ways, independent of the other streams.
 *
 * <p>Safe for concurrent use; meant for one reader and one writer at a time, others wait for their
 * turn. Blocking calls are made for virtual threads. They end with data, with the end of the
 * stream, or with an exception that tells the cause: {@link StreamException} when only this stream
 * cannot go on, {@link SessionException} when the whole session is over, {@link
 * java.net.SocketTimeoutException} after the timeout of this stream, and {@link
 * java.io.InterruptedIOException} with the interrupt flag set when the thread is interrupted. The
 * last two lose no byte and leave the stream usable; their {@code bytesTransferred} and the
 * position of the buffer tell what was moved.
 *
 * <p>A buffer or array of the caller's is never touched after the call has returned.
 */
public final class MuxStream implements ByteChannel {
  /** Flips the mark without an object of its own for it in each stream. */
  private static final AtomicIntegerFieldUpdater<MuxStream> CLOSED =
      AtomicIntegerFieldUpdater.newUpdater(MuxStream.class, "closed");

  private final StreamInput input;
  private final StreamOutput output;
  private volatile int closed;
  private volatile long readTimeoutNanos = Waits.FOREVER_NANOS;
  private volatile long writeTimeoutNanos = Waits.FOREVER_NANOS;

  /** Its neighbours in the {@link StreamList}, null while it stands in none. */
  @Nullable MuxStream previous;

  @Nullable MuxStream next;

  MuxStream(Session session, CoreStream core, StreamOutput output) {
    this.input = new StreamInput(session, core);
    this.output = output;
    output.bind(this);
  }

  CoreStream core() {
    return input.core();
  }

  StreamInput input() {
    return input;
  }

  StreamOutput output() {
    return output;
  }

  /** The application has taken the stream from the accept queue. */
  void markAccepted() {
    output.session.accepted(this);
  }

  /**
   * Returns the id on the wire: an unsigned number, unique among the live streams of the session.
   */
  public int id() {
    return core().id();
  }

  /**
   * Returns a copy of the metadata that the side that opened the stream has given, 0 to 65,535
   * bytes.
   */
  public byte[] metadata() {
    return core().metadata().clone();
  }

  /** Returns whether this side has opened the stream, not the peer. */
  public boolean isOpenedHere() {
    return core().isLocal();
  }

  /** Returns the session of the stream. */
  public PicoMux session() {
    return output.session.handle();
  }

  /** Returns {@code "picomux"}, the name of the protocol. */
  public String protocol() {
    return "picomux";
  }

  /** Returns the address of the peer of the session, or null when its transport has none. */
  public @Nullable SocketAddress remoteAddress() {
    return output.session.driver().remoteAddress();
  }

  /**
   * Reads some bytes, waiting for the first.
   *
   * @return how many were read, -1 at the end of the stream, 0 when the buffer has no room
   * @throws IOException see the class
   */
  @Override
  public int read(ByteBuffer target) throws IOException {
    return input.read(target, readTimeoutNanos);
  }

  /**
   * Reads some bytes, waiting for the first.
   *
   * @return how many were read, -1 at the end of the stream, 0 when the length is 0
   * @throws IOException see the class
   */
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    return length == 0 ? 0 : read(ByteBuffer.wrap(target, offset, length));
  }

  /**
   * Writes all bytes of the buffer. Returns when they are accepted: handed to the transport or
   * queued in this process; a large write therefore waits for the peer's credit.
   *
   * @return how many were written: all
   * @throws IOException see the class
   */
  @Override
  public int write(ByteBuffer source) throws IOException {
    int n = source.remaining();
    output.write(source, writeTimeoutNanos);
    return n;
  }

  /**
   * Writes all bytes of the range, see {@link #write(ByteBuffer)}.
   *
   * @throws IOException see the class
   */
  public void write(byte[] source, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, source.length);
    output.write(ByteBuffer.wrap(source, offset, length), writeTimeoutNanos);
  }

  /**
   * Reads what is there, without waiting.
   *
   * @return how many bytes were read, 0 when there are none yet, -1 at the end of the stream. After
   *     a 0 the listener of {@link #onReadable} is called once there is more to say
   * @throws IOException see the class
   */
  public int tryRead(ByteBuffer target) throws IOException {
    return input.tryRead(target);
  }

  /**
   * Writes as much as there is room for, without waiting.
   *
   * @return how many bytes were accepted. When that is fewer than there were, the listener of
   *     {@link #onWritable} is called once there is room
   * @throws IOException see the class
   */
  public int tryWrite(ByteBuffer source) throws IOException {
    return output.tryWrite(source);
  }

  /**
   * Sets who is told that {@link #tryRead} has something to say again: data, the end or a failure.
   * It is called on the session's executor, once now if there is something already, and then once
   * after each {@code tryRead} that returned 0: on an executor with threads of its own perhaps
   * before that {@code tryRead} has returned.
   *
   * @param listener null for nobody
   */
  public void onReadable(@Nullable Runnable listener) {
    input.onReadable(listener);
  }

  /**
   * Sets who is told that {@link #tryWrite} has room again, or would fail. It is called on the
   * session's executor, once now if there is room already, and then once after each {@code
   * tryWrite} that could not accept everything. That may be before this {@code tryWrite} has
   * returned, which does not touch its buffer any more then: on another thread, or, where the
   * executor runs tasks where it is called, within it.
   *
   * @param listener null for nobody
   */
  public void onWritable(@Nullable Runnable listener) {
    output.onWritable(listener);
  }

  /**
   * Lets what was written leave at once, as far as connection and credit allow. That is needed only
   * after a burst of thousands of small writes without a pause: these are gathered for up to some
   * milliseconds, so that they fill frames, or until the session waits for data of the peer; and in
   * callbacks that run on the thread that reads, see {@link PicoMuxBuilder#executor}. Where the
   * same input of the peer has woken several virtual threads, what they write in answer leaves
   * together all the same, when each has had its turn, after a millisecond or two at the latest.
   * Does not wait for anything and does not fail.
   */
  public void flush() {
    output.session.flush();
  }

  /**
   * Sets who is told how many bytes each read has moved; called by the reading thread after the
   * read.
   *
   * @param listener null for nobody
   */
  public void onRead(@Nullable LongConsumer listener) {
    input.onRead(listener);
  }

  /**
   * Sets who is told how many bytes each write has moved; called by the writing thread after the
   * write.
   *
   * @param listener null for nobody
   */
  public void onWrite(@Nullable LongConsumer listener) {
    output.onWrite(listener);
  }

  /**
   * Sets how long a read may wait for its first byte.
   *
   * @param timeout {@link Duration#ZERO} for as long as it takes, which is the default
   */
  public void setReadTimeout(Duration timeout) {
    readTimeoutNanos = timeout.isZero() ? Waits.FOREVER_NANOS : Waits.nanos(timeout);
  }

  /**
   * Sets how long a write may wait for room.
   *
   * @param timeout {@link Duration#ZERO} for as long as it takes, which is the default
   */
  public void setWriteTimeout(Duration timeout) {
    writeTimeoutNanos = timeout.isZero() ? Waits.FOREVER_NANOS : Waits.nanos(timeout);
  }

  /**
   * Returns a view of the direction from the peer. Closing it closes the stream. {@code
   * available()} tells what can be read without waiting.
   */
  public InputStream inputStream() {
    return new MuxInputStream(this);
  }

  /**
   * Returns a view of the direction to the peer. Closing it closes the stream. Nothing is held back
   * in the view; its {@code flush()} is that of the stream.
   */
  public OutputStream outputStream() {
    return new MuxOutputStream(this);
  }

  /**
   * Stops reading: what has come and still comes is discarded as if it had been read, and reads
   * find the end of the stream. Wakes a reader that waits. The peer is not told. Does nothing when
   * called again.
   */
  public void shutdownInput() {
    input.shutdown();
  }

  /** Returns whether nothing more can be read because this side has shut down or closed. */
  public boolean isInputShutdown() {
    return input.isShutdown();
  }

  /**
   * Ends our direction: the peer reads what was written and then the end of the stream. Data can
   * still come. While the peer may be one that takes this for the end of both directions, the end
   * is held back for a while, see {@link io.picomux.core.FinMode#AUTO}. Does nothing when called
   * again.
   */
  public void shutdownOutput() {
    output.session.finish(this, true);
  }

  /**
   * Like {@link #shutdownOutput()}, but the end is never held back: for the side of a tunnel that
   * has accepted the stream, whose last byte usually ends the exchange.
   */
  public void shutdownOutputNow() {
    output.session.finish(this, false);
  }

  /** Returns whether nothing more can be written: shut down, closed or failed. */
  public boolean isOutputShutdown() {
    return output.isShutdown();
  }

  /**
   * Drops the stream in both directions at once. What was written and has not left yet is lost. The
   * calls of a Java peer fail with {@link io.picomux.core.StreamFailure#RESET}; a Rust peer sees
   * the end of the stream.
   */
  public void reset() {
    if (CLOSED.compareAndSet(this, 0, 1)) {
      output.session.reset(this);
    }
  }

  /**
   * Closes the stream. Never blocks: what was written goes on in the background for at most {@link
   * io.picomux.core.MuxLimits#closeLingerNanos()}, and what could not be delivered by then is
   * counted in {@link SessionStats#undeliveredBytes()}. What comes from the peer is discarded. When
   * another thread is in the middle of a write, which this cuts short, the stream is reset.
   */
  @Override
  public void close() {
    if (CLOSED.compareAndSet(this, 0, 1)) {
      output.session.close(this);
    }
  }

  /** Returns whether this side has neither closed nor reset the stream. */
  @Override
  public boolean isOpen() {
    return closed == 0;
  }

  /** Returns a snapshot of the figures, which say why the stream is stuck when it is. */
  public StreamStats stats() {
    int[] credits = output.session.credits(core());
    int unread = input.unreadBytes();
    int queued = output.queuedBytes();
    StreamStats.WaitsFor waitsFor;
    if (queued > 0) {
      waitsFor =
          credits[0] == 0 ? StreamStats.WaitsFor.PEER_CREDIT : StreamStats.WaitsFor.TRANSPORT;
    } else {
      waitsFor = unread > 0 ? StreamStats.WaitsFor.LOCAL_READER : StreamStats.WaitsFor.NOTHING;
    }
    return new StreamStats(
        input.bytesRead(), output.bytesWritten(), unread, queued, credits[0], credits[1], waitsFor);
  }

  int available() throws IOException {
    return input.available();
  }

  @Override
  public String toString() {
    return "MuxStream " + Integer.toUnsignedString(id()) + " of session " + output.session.id();
  }
}
