package io.picomux.benchmarks.http2;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.picomux.benchmarks.events.ClientStream;
import io.picomux.benchmarks.events.EventConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** One HTTP/2 connection of a client with its event loop. Safe for concurrent use. */
public final class Http2Client implements EventConnection {
  private final EventLoopGroup loops;
  private final Channel channel;
  private final Http2StreamChannelBootstrap streams;

  private Http2Client(EventLoopGroup loops, Channel channel) {
    this.loops = loops;
    this.channel = channel;
    this.streams =
        new Http2StreamChannelBootstrap(channel)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, Http2Setup.waterMark());
  }

  /** Connects to a server. */
  public static Http2Client connect(InetSocketAddress address) throws IOException {
    EventLoopGroup loops = Http2Setup.eventLoops(1);
    ChannelFuture connected =
        new Bootstrap()
            .group(loops)
            .channel(Http2Setup.socketChannel())
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(
                Http2Setup.connection(/* isServer= */ false, ChannelInboundHandlerAdapter::new))
            .connect(address)
            .awaitUninterruptibly();
    Http2Client client = new Http2Client(loops, connected.channel());
    if (!connected.isSuccess()) {
      client.close();
      throw new IOException("cannot connect to " + address, connected.cause());
    }
    return client;
  }

  /** Returns the version of what carries the streams. */
  public static String describe() {
    return Http2Setup.describe();
  }

  /** Does something in the event loop. */
  @Override
  public void execute(Runnable task) {
    channel.eventLoop().execute(task);
  }

  /** Opens a stream. In the event loop its handler is in place when this returns. */
  @Override
  public void open(ClientStream stream, Runnable onOpen) {
    streams
        .handler(new StreamHandler(stream))
        .open()
        .addListener(opened -> {
          if (opened.isSuccess()) {
            onOpen.run();
          } else {
            stream.fail(opened.cause());
          }
        });
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
