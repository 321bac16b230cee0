package io.picomux.benchmarks.events;

import io.picomux.benchmarks.link.Request;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a stream, whatever carries it: {@link #take} is called when something has
 * come. Not thread-safe: belongs to its connection, see {@link EventConnection#execute}; only
 * {@link #failed} may be used elsewhere.
 */
public abstract sealed class ClientStream {
  private final CompletableFuture<@Nullable Void> failed = new CompletableFuture<>();
  private boolean finished;
  private @Nullable StreamPort port;

  private ClientStream() {}

  /** Joins it with what carries it, before anything else. */
  public final void bind(StreamPort newPort) {
    port = newPort;
  }

  final StreamPort port() {
    if (port == null) {
      throw new IllegalStateException("the stream is not open yet");
    }
    return port;
  }

  /** Returns what completes exceptionally when the stream fails or ends too soon. */
  final CompletableFuture<@Nullable Void> failed() {
    return failed;
  }

  /** Adds a listener that hears of the failure, at once when there was one. */
  final void onFailure(Consumer<Throwable> listener) {
    CompletableFuture<@Nullable Void> unused =
        failed.exceptionally(cause -> {
          listener.accept(cause);
          return null;
        });
  }

  /** Ends the stream at this side. */
  final void finish() {
    finished = true;
    port().finish();
  }

  /** The stream has failed. */
  public final void fail(Throwable cause) {
    failed.completeExceptionally(cause);
  }

  /** The server has ended the stream. */
  public final void onEnd() {
    if (!finished) {
      fail(new EOFException("a stream ended too soon"));
    }
  }

  /**
   * Bytes have come.
   *
   * @param count how many, at least one
   * @param first the first of them
   */
  public abstract void take(int count, byte first);

  /** Moves bytes in one direction. */
  static final class Bulk extends ClientStream {
    private final boolean isUp;
    private final long bytes;
    private final Runnable onDone;
    private long receivedBytes;

    Bulk(boolean isUp, long bytes, Runnable onDone) {
      this.isUp = isUp;
      this.bytes = bytes;
      this.onDone = onDone;
    }

    void begin() {
      port().request(new Request(isUp ? Request.Mode.SINK : Request.Mode.SOURCE, bytes));
      if (isUp) {
        port().writeBulk(bytes);
      } else {
        port().flush();
      }
    }

    /** Returns how much was moved: upwards what was taken from it, downwards what has come. */
    long movedBytes() {
      return isUp ? port().bulkWrittenBytes() : receivedBytes;
    }

    @Override
    public void take(int count, byte first) {
      receivedBytes += count;
      if (isUp) {
        requireDone(first);
        onDone.run();
      } else if (receivedBytes == bytes) {
        onDone.run();
      }
    }

    private void requireDone(byte answer) {
      if (answer != Request.DONE) {
        fail(new IOException("the server answered " + answer + ", must be " + Request.DONE));
      }
    }
  }

  /** Makes round trips. */
  static final class Echo extends ClientStream {
    private final int messageBytes;
    private long[] nanos = {};
    private int made;
    private int receivedBytes;
    private long sentNanoTime;
    private Runnable onDone = () -> {};

    Echo(int messageBytes) {
      this.messageBytes = messageBytes;
    }

    void begin() {
      port().request(new Request(Request.Mode.ECHO, 0));
    }

    /** Makes some round trips; the times of each are then in {@link #nanos}. */
    void trip(int count, Runnable done) {
      nanos = new long[count];
      made = 0;
      onDone = done;
      if (count == 0) {
        done.run();
        return;
      }
      sentNanoTime = System.nanoTime();
      send();
      port().flush();
    }

    long[] nanos() {
      return nanos;
    }

    private void send() {
      port().writeZeros(messageBytes);
    }

    @Override
    public void take(int count, byte first) {
      receivedBytes += count;
      if (receivedBytes < messageBytes) {
        return;
      }
      receivedBytes = 0;
      long now = System.nanoTime();
      nanos[made++] = now - sentNanoTime;
      sentNanoTime = now;
      if (made < nanos.length) {
        send();
      } else {
        onDone.run();
      }
    }
  }

  /** Echoes one byte and stays open. */
  static final class Silent extends ClientStream {
    private final Runnable onEcho;
    private boolean echoed;

    Silent(Runnable onEcho) {
      this.onEcho = onEcho;
    }

    void begin() {
      port().request(new Request(Request.Mode.ECHO, 0));
      port().writeZeros(1);
      port().flush();
    }

    @Override
    public void take(int count, byte first) {
      if (echoed || count > 1) {
        fail(new IOException("an idle stream echoed more than one byte"));
        return;
      }
      echoed = true;
      onEcho.run();
    }
  }
}
