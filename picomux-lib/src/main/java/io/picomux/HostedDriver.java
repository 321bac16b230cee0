package io.picomux;

import io.picomux.engine.Engine;
import io.picomux.engine.EngineHost;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Leaves the bytes and the time of a session to a host, and shows it the session. */
final class HostedDriver implements Driver, Engine {
  private final Session session;
  private final EngineHost host;

  HostedDriver(Session session, EngineHost host) {
    this.session = session;
    this.host = host;
  }

  // ---- for the session

  @Override
  public void start() {
    host.start(this);
  }

  @Override
  public void requestWrite(int callerBytes) {
    host.requestWrite();
  }

  @Override
  public void setDeadline(long nanoTime) {
    host.setDeadline(nanoTime);
  }

  @Override
  public void pauseReading(long nanos) {
    // The host brings what arrives when it likes.
  }

  @Override
  public void shutdownOutput() {
    host.shutdownOutput();
  }

  @Override
  public boolean isOwnThread() {
    return false;
  }

  @Override
  public void close() {
    host.close();
  }

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return null;
  }

  // ---- for the host

  @Override
  public void onInput(ByteBuffer source) {
    session.onInput(source);
  }

  @Override
  public void onInputEnd() {
    session.onInputEnd();
  }

  @Override
  public void fill(ByteBuffer target, int wantedBytes) {
    session.fill(target, wantedBytes);
  }

  @Override
  public void onDrained() {
    session.onDrained();
  }

  @Override
  public void onDeadline() {
    session.onDeadline();
  }

  @Override
  public void onTransportFailure(Throwable cause) {
    session.onTransportFailure(cause);
  }
}
