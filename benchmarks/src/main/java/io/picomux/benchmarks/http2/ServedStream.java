package io.picomux.benchmarks.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import io.picomux.benchmarks.link.ReceivedBytes;
import io.picomux.benchmarks.link.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The server's side of a stream: does what the request asks. Belongs to its event loop. */
final class ServedStream extends ChannelInboundHandlerAdapter {
  private static final Http2Headers ANSWER = new DefaultHttp2Headers().status("200");

  private final ByteBuffer encoded = ByteBuffer.allocate(Request.LENGTH_BYTES);
  private Request.@Nullable Mode mode;
  private long leftBytes;
  private @Nullable BulkWriter writer;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws IOException {
    try {
      if (message instanceof Http2HeadersFrame) {
        Frames.headers(context, ANSWER);
      } else if (message instanceof Http2DataFrame data) {
        take(context, data.content());
        if (data.isEndStream()) {
          Frames.end(context);
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void take(ChannelHandlerContext context, ByteBuf content) throws IOException {
    if (mode == null) {
      while (encoded.hasRemaining() && content.isReadable()) {
        encoded.put(content.readByte());
      }
      if (encoded.hasRemaining()) {
        return;
      }
      begin(context, Request.decode(encoded.flip()));
    }
    if (mode == Request.Mode.SINK && content.isReadable()) {
      ReceivedBytes.add(content.readableBytes());
      leftBytes -= content.readableBytes();
      if (leftBytes == 0) {
        Frames.data(context, Unpooled.wrappedBuffer(new byte[] {Request.DONE}));
      }
    } else if (mode == Request.Mode.ECHO && content.isReadable()) {
      Frames.data(context, content.retain());
    }
  }

  private void begin(ChannelHandlerContext context, Request request) {
    mode = request.mode();
    leftBytes = request.bytes();
    if (mode == Request.Mode.SOURCE) {
      writer = new BulkWriter(context, request.bytes());
      writer.write();
    }
  }

  /** One flush for all that came at once. */
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    context.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (writer != null) {
      writer.write();
    }
  }

  /** A failure only ends the stream: the client reports what did not work. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    ChannelFuture unused = context.close();
  }
}
