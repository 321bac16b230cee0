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
import io.picomux.benchmarks.events.ClientStream;
import io.picomux.benchmarks.events.StreamPort;
import io.picomux.benchmarks.link.Request;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Carries a stream of a client over HTTP/2. Belongs to the event loop of its connection. */
final class StreamHandler extends ChannelInboundHandlerAdapter implements StreamPort {
  private static final Http2Headers ASK =
      new DefaultHttp2Headers().method("POST").scheme("http").authority("peer").path("/");

  private final ClientStream stream;
  private @Nullable ChannelHandlerContext context;
  private @Nullable BulkWriter writer;

  StreamHandler(ClientStream stream) {
    this.stream = stream;
    stream.bind(this);
  }

  private ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("the stream is not open yet");
    }
    return context;
  }

  // ---- for the stream

  /** Writes the head of the HTTP/2 stream as well. */
  @Override
  public void request(Request request) {
    Frames.headers(context(), ASK);
    Frames.data(context(), Unpooled.wrappedBuffer(request.encode()));
  }

  @Override
  public void writeZeros(int count) {
    Frames.data(context(), context().alloc().ioBuffer(count).writeZero(count));
  }

  @Override
  public void flush() {
    context().flush();
  }

  @Override
  public void writeBulk(long bytes) {
    writer = new BulkWriter(context(), bytes);
    writer.write();
  }

  @Override
  public long bulkWrittenBytes() {
    return writer == null ? 0 : writer.writtenBytes();
  }

  @Override
  public void finish() {
    Frames.end(context());
    context().flush();
  }

  // ---- for Netty

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  public void channelRead(ChannelHandlerContext unused, Object message) {
    try {
      if (message instanceof Http2DataFrame data) {
        ByteBuf content = data.content();
        if (content.isReadable()) {
          stream.take(content.readableBytes(), content.getByte(content.readerIndex()));
        }
        if (data.isEndStream()) {
          stream.onEnd();
        }
      } else if (message instanceof Http2ResetFrame reset) {
        stream.fail(new IOException("a stream was reset with code " + reset.errorCode()));
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
  public void channelWritabilityChanged(ChannelHandlerContext unused) {
    if (writer != null) {
      writer.write();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext unused) {
    stream.onEnd();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext unused, Throwable cause) {
    stream.fail(cause);
  }
}
