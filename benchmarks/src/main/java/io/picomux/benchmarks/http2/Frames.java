package io.picomux.benchmarks.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;

/**
 * Writes frames without flushing. What a write fails with ends the stream, which tells its handler.
 * Stateless.
 */
final class Frames {

  private Frames() {}

  static void headers(ChannelHandlerContext context, Http2Headers headers) {
    ChannelFuture unused = context.write(new DefaultHttp2HeadersFrame(headers));
  }

  static void data(ChannelHandlerContext context, ByteBuf bytes) {
    ChannelFuture unused = context.write(new DefaultHttp2DataFrame(bytes));
  }

  /** Ends the stream at this side. */
  static void end(ChannelHandlerContext context) {
    ChannelFuture unused = context.write(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true));
  }
}
