package io.picomux.benchmarks.http2;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.Version;
import java.util.function.Supplier;

/** How Netty is set up at both ends. Stateless. */
final class Http2Setup {

  /** What a peer may send on one stream before it hears more. */
  private static final int STREAM_WINDOW_BYTES = 1 << 20;

  /** What a peer may send on all streams of a connection before it hears more. */
  private static final int CONNECTION_WINDOW_BYTES = 16 << 20;

  /** The payload of a DATA frame at most: the length of a bulk write. */
  static final int FRAME_BYTES = 64 << 10;

  /** More than the benchmark with the most streams opens. */
  private static final int MAX_STREAMS = 1 << 20;

  /**
   * How much of a stream, and of a connection, may wait within Netty before its writer pauses, and
   * below what it goes on. Measured: with Netty's 32 and 64 KiB for the connection bulk transfers
   * take about twice the CPU.
   */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(4 * FRAME_BYTES, 8 * FRAME_BYTES);

  /** What one read of a connection takes at most; Netty's own bound is 64 KiB. */
  private static final int MAX_READ_BYTES = 4 * FRAME_BYTES;

  private Http2Setup() {}

  /** Returns event loops; over native epoll where the platform has it. */
  static EventLoopGroup eventLoops(int count) {
    return new MultiThreadIoEventLoopGroup(
        count, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
  }

  static Class<? extends SocketChannel> socketChannel() {
    return Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  static Class<? extends ServerChannel> serverChannel() {
    return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  /** Returns the version of Netty and what moves its bytes. */
  static String describe() {
    Version version = Version.identify().get("netty-codec-http2");
    String number = version == null ? "of unknown version" : version.artifactVersion();
    return number + (Epoll.isAvailable() ? " epoll" : " nio");
  }

  /**
   * Prepares a connection.
   *
   * @param inbound makes the handler of a stream that the peer opens
   */
  static ChannelInitializer<Channel> connection(
      boolean isServer, Supplier<ChannelHandler> inbound) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        Http2FrameCodecBuilder builder =
            isServer ? Http2FrameCodecBuilder.forServer() : Http2FrameCodecBuilder.forClient();
        Http2FrameCodec codec =
            builder
                .initialSettings(
                    Http2Settings.defaultSettings()
                        .initialWindowSize(STREAM_WINDOW_BYTES)
                        .maxFrameSize(FRAME_BYTES)
                        .maxConcurrentStreams(MAX_STREAMS))
                .validateHeaders(false)
                .build();
        channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK);
        channel
            .config()
            .setOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(64, 4096, MAX_READ_BYTES));
        channel
            .pipeline()
            .addLast(codec, new ConnectionWindow(codec))
            .addLast(new Http2MultiplexHandler(stream(inbound)), new ConnectionEnd());
      }
    };
  }

  private static ChannelInitializer<Channel> stream(Supplier<ChannelHandler> inbound) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK);
        channel.pipeline().addLast(inbound.get());
      }
    };
  }

  static WriteBufferWaterMark waterMark() {
    return WATER_MARK;
  }

  /** Closes a connection that has failed; whoever uses its streams hears of it by them. */
  private static final class ConnectionEnd extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      ChannelFuture unused = context.close();
    }
  }

  /** Raises the window of the connection, which no setting of HTTP/2 does, and goes away. */
  private static final class ConnectionWindow extends ChannelInboundHandlerAdapter {
    private final Http2FrameCodec codec;

    ConnectionWindow(Http2FrameCodec codec) {
      this.codec = codec;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Http2Exception {
      Http2Connection connection = codec.connection();
      int more =
          CONNECTION_WINDOW_BYTES
              - connection.local().flowController().windowSize(connection.connectionStream());
      connection.local().flowController().incrementWindowSize(connection.connectionStream(), more);
      context.flush();
      context.fireChannelActive();
      context.pipeline().remove(this);
    }
  }
}
