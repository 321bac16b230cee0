package io.picomux.benchmarks.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;

/** Writes many bytes on a stream, as many at a time as it takes. Belongs to its event loop. */
final class BulkWriter {
  private static final ByteBuf BLOCK =
      Unpooled.unreleasableBuffer(Unpooled.directBuffer(Http2Setup.FRAME_BYTES))
          .writeZero(Http2Setup.FRAME_BYTES)
          .asReadOnly();

  private final ChannelHandlerContext context;
  private long leftBytes;
  private long writtenBytes;

  BulkWriter(ChannelHandlerContext context, long bytes) {
    this.context = context;
    this.leftBytes = bytes;
  }

  /** Returns how many bytes have left Netty. */
  long writtenBytes() {
    return writtenBytes;
  }

  /**
   * Writes until the stream is full or everything is written; to be called again when it is not.
   */
  void write() {
    boolean wrote = false;
    while (leftBytes > 0 && context.channel().isWritable()) {
      int length = (int) Math.min(leftBytes, Http2Setup.FRAME_BYTES);
      leftBytes -= length;
      ChannelFuture unused =
          context
              .write(new DefaultHttp2DataFrame(BLOCK.retainedSlice(0, length)))
              .addListener(done -> {
                if (done.isSuccess()) {
                  writtenBytes += length;
                }
              });
      wrote = true;
    }
    if (wrote) {
      context.flush();
    }
  }
}
