package io.picomux.testkit;

import io.picomux.core.CoreStream;
import io.picomux.core.SendSource;
import io.picomux.core.StreamFailure;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A stream of a {@link CoreEnd} with buffers in memory. No call waits: what cannot be done now is
 * done as virtual time passes. Not thread-safe.
 */
public final class EndStream {
  private final CoreEnd end;
  private final ArrayDeque<ByteBuffer> unsent = new ArrayDeque<>();
  private final ArrayDeque<ByteBuffer> unread = new ArrayDeque<>();
  private @Nullable CoreStream core;
  private @Nullable ByteBuffer incoming;
  private int pendingBytes;
  private int unreadBytes;
  private long undeliveredBytes;
  private boolean peerFinished;
  private boolean outputFinished;
  private boolean closed;
  private boolean told = true;
  private @Nullable Runnable changeListener;

  /** What the core sees of the bytes to send, and the way back from its stream to this one. */
  final class Source implements SendSource {
    EndStream stream() {
      return EndStream.this;
    }

    @Override
    public int pendingBytes() {
      return pendingBytes;
    }

    @Override
    public void scheduled(int bytes) {
      pendingBytes -= bytes;
    }
  }

  EndStream(CoreEnd end) {
    this.end = end;
  }

  void bind(CoreStream stream) {
    core = stream;
  }

  /** Returns the core's view of the stream. */
  public CoreStream core() {
    CoreStream bound = core;
    if (bound == null) {
      throw new IllegalStateException("the stream is not bound yet");
    }
    return bound;
  }

  /** Returns the id, an unsigned number. */
  public int id() {
    return core().id();
  }

  // ---- the application

  /**
   * Sets who is told, soon after, of data that has come, of an end or a failure, and of bytes that
   * have gone into frames; several changes may be told as one.
   *
   * @param listener null for nobody
   */
  public void onChange(@Nullable Runnable listener) {
    changeListener = listener;
    told = false;
    changed();
  }

  private void changed() {
    if (!told && changeListener != null) {
      told = true;
      end.tell(() -> {
        told = false;
        Runnable listener = changeListener;
        if (listener != null) {
          listener.run();
        }
      });
    }
  }

  /**
   * Accepts bytes for sending, however many.
   *
   * @return false when nothing can be sent any more: {@link #sendFailure()} may say why
   */
  public boolean write(byte[] bytes) {
    if (closed || outputFinished || sendFailure() != null) {
      return false;
    }
    if (bytes.length > 0) {
      unsent.add(ByteBuffer.wrap(bytes.clone()));
      pendingBytes += bytes.length;
      end.act(() -> end.core().dataReady(core(), end.nowNanos()));
    }
    return true;
  }

  /** Returns the bytes that were accepted and are not in frames yet. */
  public int pendingBytes() {
    return pendingBytes;
  }

  /** Returns the bytes that were accepted and dropped, as nothing more could be sent. */
  public long undeliveredBytes() {
    return undeliveredBytes;
  }

  /** Returns the bytes that have come and were not read. */
  public int unreadBytes() {
    return unreadBytes;
  }

  /** Returns up to so many bytes that have come; none when there are none now. */
  public byte[] read(int maxBytes) {
    byte[] bytes = new byte[Math.min(maxBytes, unreadBytes)];
    int filled = 0;
    int frames = 0;
    long freedBytes = 0;
    for (ByteBuffer frame = unread.peek(); frame != null; frame = unread.peek()) {
      int n = Math.min(frame.remaining(), bytes.length - filled);
      frame.get(bytes, filled, n);
      filled += n;
      if (frame.position() < frame.capacity()) {
        break;
      }
      unread.remove();
      frames++;
      freedBytes += frame.capacity();
    }
    unreadBytes -= filled;
    report(frames, filled, freedBytes);
    return bytes;
  }

  /** Returns whether all that the peer sent was read and no more will come. */
  public boolean isAtEnd() {
    return peerFinished && unread.isEmpty() && receiveFailure() == null;
  }

  /** Sends no more: half-close. */
  public void finish() {
    outputFinished = true;
    end.act(() -> end.core().finish(core(), true, end.nowNanos()));
  }

  /** Wants nothing more of the stream; what was written still goes out. */
  public void close() {
    if (!closed) {
      closed = true;
      end.act(() -> end.core().close(core(), end.nowNanos()));
      discardUnread();
      end.forget(this);
      changed();
    }
  }

  /** Drops the stream with all that is pending. */
  public void abort() {
    closed = true;
    end.act(() -> end.core().abort(core(), end.nowNanos()));
    discardUnread();
    end.forget(this);
  }

  /** Returns whether {@link #close} or {@link #abort} was called. */
  public boolean isClosed() {
    return closed;
  }

  /** Returns why nothing more can be sent, or null. */
  public @Nullable StreamFailure sendFailure() {
    return core().sendFailure();
  }

  /** Returns why nothing more can be received, or null. */
  public @Nullable StreamFailure receiveFailure() {
    return core().receiveFailure();
  }

  // ---- the engine

  /** A data frame begins. */
  void startFrame(int bodyBytes) {
    ByteBuffer frame = ByteBuffer.allocate(bodyBytes).limit(0);
    incoming = frame;
    unread.add(frame);
  }

  /** Bytes of the frame that began last; they are dropped when that was thrown away meanwhile. */
  void receive(ByteBuffer bytes) {
    ByteBuffer frame = incoming;
    if (frame == null) {
      return;
    }
    int start = frame.limit();
    frame.limit(start + bytes.remaining());
    frame.put(start, bytes, bytes.position(), bytes.remaining());
    unreadBytes += bytes.remaining();
    changed();
  }

  /** Takes bytes that were promised to a frame. */
  void moveTo(ByteArrayOutputStream frame, int bytes) {
    int left = bytes;
    while (left > 0) {
      ByteBuffer first = unsent.element();
      byte[] part = new byte[Math.min(left, first.remaining())];
      first.get(part);
      frame.writeBytes(part);
      left -= part.length;
      if (!first.hasRemaining()) {
        unsent.remove();
      }
    }
    changed();
  }

  void onEvents(int events) {
    peerFinished |= (events & CoreStream.EVENT_PEER_FIN) != 0;
    if ((events & CoreStream.EVENT_SEND_FAILED) != 0) {
      undeliveredBytes += pendingBytes;
      unsent.clear();
      pendingBytes = 0;
    }
    if (receiveFailure() == StreamFailure.RECEIVE_BUDGET) {
      discardUnread();
    }
    changed();
  }

  void discardUnread() {
    int frames = unread.size();
    long freedBytes = unread.stream().mapToLong(ByteBuffer::capacity).sum();
    unread.clear();
    incoming = null;
    unreadBytes = 0;
    report(frames, 0, freedBytes);
  }

  private void report(int frames, int readBytes, long freedBytes) {
    if (frames > 0 || readBytes > 0) {
      end.act(() -> end.core().consumed(core(), frames, readBytes, freedBytes, end.nowNanos()));
    }
  }

  @Override
  public String toString() {
    return core().toString();
  }
}
