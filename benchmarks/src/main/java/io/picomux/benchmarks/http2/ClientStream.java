package io.picomux.benchmarks.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import io.picomux.benchmarks.link.Request;
import java.io.EOFException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a stream. Belongs to the event loop of its connection; only {@link #failed}
 * may be used elsewhere.
 */
abstract class ClientStream extends ChannelInboundHandlerAdapter {
  private static final Http2Headers ASK =
      new DefaultHttp2Headers().method("POST").scheme("http").authority("peer").path("/");

  private final CompletableFuture<@Nullable Void> failed = new CompletableFuture<>();
  private boolean closed;
  private @Nullable ChannelHandlerContext context;

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

  final ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("the stream is not open yet");
    }
    return context;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  /** Writes the head of the HTTP/2 stream and the request; does not flush. */
  final void request(Request.Mode mode, long bytes) {
    Frames.headers(context(), ASK);
    write(Unpooled.wrappedBuffer(new Request(mode, bytes).encode()));
  }

  final void write(ByteBuf bytes) {
    Frames.data(context(), bytes);
  }

  /** Ends the stream at this side. */
  final void finish() {
    closed = true;
    Frames.end(context());
    context().flush();
  }

  final void fail(Throwable cause) {
    failed.completeExceptionally(cause);
  }

  /** Takes bytes that have come; they are released afterwards. */
  abstract void take(ByteBuf bytes);

  @Override
  public void channelRead(ChannelHandlerContext unused, Object message) {
    try {
      if (message instanceof Http2DataFrame data) {
        if (data.content().isReadable()) {
          take(data.content());
        }
        if (data.isEndStream() && !closed) {
          fail(new EOFException("a stream ended too soon"));
        }
      } else if (message instanceof Http2ResetFrame reset) {
        fail(new IOException("a stream was reset with code " + reset.errorCode()));
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext unused) {
    context().flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext unused) {
    if (!closed) {
      fail(new EOFException("a stream ended too soon"));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext unused, Throwable cause) {
    fail(cause);
  }

  /** Moves bytes in one direction. */
  static final class Bulk extends ClientStream {
    private final boolean isUp;
    private final long bytes;
    private final Runnable onDone;
    private long receivedBytes;
    private @Nullable BulkWriter writer;

    Bulk(boolean isUp, long bytes, Runnable onDone) {
      this.isUp = isUp;
      this.bytes = bytes;
      this.onDone = onDone;
    }

    void begin() {
      request(isUp ? Request.Mode.SINK : Request.Mode.SOURCE, bytes);
      if (isUp) {
        writer = new BulkWriter(context(), bytes);
        writer.write();
      } else {
        context().flush();
      }
    }

    /** Returns how much was moved: upwards what has left Netty, downwards what has come. */
    long movedBytes() {
      return writer != null ? writer.writtenBytes() : receivedBytes;
    }

    @Override
    void take(ByteBuf content) {
      receivedBytes += content.readableBytes();
      if (isUp) {
        requireDone(content);
        onDone.run();
      } else if (receivedBytes == bytes) {
        onDone.run();
      }
    }

    private void requireDone(ByteBuf content) {
      byte answer = content.readByte();
      if (answer != Request.DONE) {
        fail(new IOException("the server answered " + answer + ", must be " + Request.DONE));
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext unused) {
      if (writer != null) {
        writer.write();
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
      request(Request.Mode.ECHO, 0);
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
      context().flush();
    }

    long[] nanos() {
      return nanos;
    }

    private void send() {
      write(context().alloc().ioBuffer(messageBytes).writeZero(messageBytes));
    }

    @Override
    void take(ByteBuf content) {
      receivedBytes += content.readableBytes();
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
      request(Request.Mode.ECHO, 0);
      write(Unpooled.wrappedBuffer(new byte[1]));
      context().flush();
    }

    @Override
    void take(ByteBuf content) {
      if (echoed || content.readableBytes() > 1) {
        fail(new IOException("an idle stream echoed more than one byte"));
        return;
      }
      echoed = true;
      onEcho.run();
    }
  }
}
