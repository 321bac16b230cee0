package io.picomux.socket;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Set;

/**
 * The part of a socket that is about options of a TCP connection: it remembers them for libraries
 * that set and read them. Safe for concurrent use.
 */
abstract class OptionSocket extends Socket {
  private final OptionValues options = OptionValues.ofSocket();
  private volatile boolean urgentInline;

  OptionSocket() throws SocketException {
    super(UnusedSocketImpl.INSTANCE);
  }

  @Override
  public abstract boolean isClosed();

  /** Remembers the value, which has no effect: a stream does not delay. */
  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    set(StandardSocketOptions.TCP_NODELAY, on);
  }

  @Override
  public boolean getTcpNoDelay() throws SocketException {
    return get(StandardSocketOptions.TCP_NODELAY);
  }

  /**
   * Remembers the value, at most 65,535 seconds. 0 makes {@link #close} drop what was not sent yet;
   * others have no effect, as the session delivers in the background.
   */
  @Override
  public void setSoLinger(boolean on, int linger) throws SocketException {
    if (on && linger < 0) {
      throw new IllegalArgumentException("linger is " + linger + " s, must not be negative");
    }
    set(StandardSocketOptions.SO_LINGER, on ? linger : -1);
  }

  @Override
  public int getSoLinger() throws SocketException {
    return get(StandardSocketOptions.SO_LINGER);
  }

  /**
   * Fails: a stream has no urgent data.
   *
   * @throws SocketException always
   */
  @Override
  public void sendUrgentData(int data) throws IOException {
    throw new SocketException("urgent data is not supported");
  }

  /** Remembers the value, which has no effect. */
  @Override
  public void setOOBInline(boolean on) throws SocketException {
    requireOpen();
    urgentInline = on;
  }

  @Override
  public boolean getOOBInline() throws SocketException {
    requireOpen();
    return urgentInline;
  }

  /** Remembers the value, which has no effect: windows are the session's business. */
  @Override
  public void setSendBufferSize(int size) throws SocketException {
    set(StandardSocketOptions.SO_SNDBUF, size);
  }

  @Override
  public int getSendBufferSize() throws SocketException {
    return get(StandardSocketOptions.SO_SNDBUF);
  }

  /** Remembers the value, which has no effect: windows are the session's business. */
  @Override
  public void setReceiveBufferSize(int size) throws SocketException {
    set(StandardSocketOptions.SO_RCVBUF, size);
  }

  @Override
  public int getReceiveBufferSize() throws SocketException {
    return get(StandardSocketOptions.SO_RCVBUF);
  }

  /** Remembers the value, which has no effect: the session looks after its own peer. */
  @Override
  public void setKeepAlive(boolean on) throws SocketException {
    set(StandardSocketOptions.SO_KEEPALIVE, on);
  }

  @Override
  public boolean getKeepAlive() throws SocketException {
    return get(StandardSocketOptions.SO_KEEPALIVE);
  }

  /**
   * Remembers the value, which has no effect.
   *
   * @param tc 0 to 255
   */
  @Override
  public void setTrafficClass(int tc) throws SocketException {
    set(StandardSocketOptions.IP_TOS, tc);
  }

  @Override
  public int getTrafficClass() throws SocketException {
    return get(StandardSocketOptions.IP_TOS);
  }

  /** Remembers the value, which has no effect. */
  @Override
  public void setReuseAddress(boolean on) throws SocketException {
    set(StandardSocketOptions.SO_REUSEADDR, on);
  }

  @Override
  public boolean getReuseAddress() throws SocketException {
    return get(StandardSocketOptions.SO_REUSEADDR);
  }

  /** Does nothing. */
  @Override
  public void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {}

  /** Remembers the value; {@link #setSoLinger} says which one has an effect. */
  @Override
  public <T> Socket setOption(SocketOption<T> name, T value) throws IOException {
    set(name, value);
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws IOException {
    return get(name);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return options.supported();
  }

  /** Returns whether closing is to drop what was not sent yet. */
  final boolean isLingerZero() {
    return options.get(StandardSocketOptions.SO_LINGER) == 0;
  }

  final void requireOpen() throws SocketException {
    if (isClosed()) {
      throw new SocketException("Socket is closed");
    }
  }

  private <T> void set(SocketOption<T> option, T value) throws SocketException {
    requireOpen();
    options.set(option, value);
  }

  private <T> T get(SocketOption<T> option) throws SocketException {
    requireOpen();
    return options.get(option);
  }
}
