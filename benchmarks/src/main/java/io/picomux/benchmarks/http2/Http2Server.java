package io.picomux.benchmarks.http2;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.picomux.benchmarks.link.Listener;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** Serves HTTP/2 connections until it is closed. */
public final class Http2Server implements Listener {
  private static final int BACKLOG = 4096;

  private final EventLoopGroup loops;
  private final Channel channel;

  private Http2Server(EventLoopGroup loops, Channel channel) {
    this.loops = loops;
    this.channel = channel;
  }

  /** Listens at an address. */
  public static Http2Server listen(InetSocketAddress address) {
    EventLoopGroup loops = Http2Setup.eventLoops(Runtime.getRuntime().availableProcessors());
    Channel channel =
        new ServerBootstrap()
            .group(loops)
            .channel(Http2Setup.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(Http2Setup.connection(/* isServer= */ true, ServedStream::new))
            .bind(address)
            .syncUninterruptibly()
            .channel();
    return new Http2Server(loops, channel);
  }

  @Override
  public int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
