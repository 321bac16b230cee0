/** SOCKS5 proxy, port forwarding and exit over picomux sessions. */
module io.picomux.tunnel {
  requires transitive io.picomux;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.socks;
  requires io.netty.common;
  requires io.netty.transport;
  requires static org.jspecify;
  requires static com.google.errorprone.annotations;

  exports io.picomux.tunnel;
  exports io.picomux.tunnel.exit;
}
