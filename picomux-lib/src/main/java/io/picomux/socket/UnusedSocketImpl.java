package io.picomux.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;

/**
 * The implementation behind sockets that have none: whatever reaches it fails, so a method of a
 * later JDK that the sockets do not override yet cannot open a connection behind the session's
 * back.
 */
final class UnusedSocketImpl extends SocketImpl {
  static final UnusedSocketImpl INSTANCE = new UnusedSocketImpl();

  private UnusedSocketImpl() {}

  private static SocketException refusal() {
    return new SocketException("this socket is a stream of a session and has no connection");
  }

  @Override
  protected void create(boolean stream) throws IOException {
    throw refusal();
  }

  @Override
  protected void connect(String host, int port) throws IOException {
    throw refusal();
  }

  @Override
  protected void connect(InetAddress address, int port) throws IOException {
    throw refusal();
  }

  @Override
  protected void connect(SocketAddress address, int timeout) throws IOException {
    throw refusal();
  }

  @Override
  protected void bind(InetAddress host, int port) throws IOException {
    throw refusal();
  }

  @Override
  protected void listen(int backlog) throws IOException {
    throw refusal();
  }

  @Override
  protected void accept(SocketImpl accepted) throws IOException {
    throw refusal();
  }

  @Override
  protected InputStream getInputStream() throws IOException {
    throw refusal();
  }

  @Override
  protected OutputStream getOutputStream() throws IOException {
    throw refusal();
  }

  @Override
  protected int available() throws IOException {
    throw refusal();
  }

  @Override
  protected void close() throws IOException {
    throw refusal();
  }

  @Override
  protected void sendUrgentData(int data) throws IOException {
    throw refusal();
  }

  @Override
  public void setOption(int option, Object value) throws SocketException {
    throw refusal();
  }

  @Override
  public Object getOption(int option) throws SocketException {
    throw refusal();
  }
}
