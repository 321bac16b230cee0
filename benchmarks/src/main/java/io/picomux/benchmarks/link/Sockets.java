package io.picomux.benchmarks.link;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;

/** Makes the sockets that streams are carried over. Safe for concurrent use. */
interface Sockets {

  /** Sockets without a channel. */
  Sockets PLAIN =
      new Sockets() {
        @Override
        public ServerSocket server() throws IOException {
          return new ServerSocket();
        }

        @Override
        public Socket connect(InetSocketAddress address) throws IOException {
          return new Socket(address.getAddress(), address.getPort());
        }
      };

  /** Servers whose sockets belong to channels; clients need no socket for one. */
  Sockets CHANNELS =
      new Sockets() {
        @Override
        public ServerSocket server() throws IOException {
          return ServerSocketChannel.open().socket();
        }

        @Override
        public Socket connect(InetSocketAddress address) throws IOException {
          return SocketChannel.open(address).socket();
        }
      };

  /** Sockets of TLS, 1.3 unless the JDK is told otherwise. */
  static Sockets tls(SSLContext context) {
    return new Sockets() {
      @Override
      public ServerSocket server() throws IOException {
        return context.getServerSocketFactory().createServerSocket();
      }

      @Override
      public Socket connect(InetSocketAddress address) throws IOException {
        return context.getSocketFactory().createSocket(address.getAddress(), address.getPort());
      }
    };
  }

  /** Returns a server that is not bound yet. */
  ServerSocket server() throws IOException;

  Socket connect(InetSocketAddress address) throws IOException;
}
