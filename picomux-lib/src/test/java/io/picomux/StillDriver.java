package io.picomux;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Moves nothing. Tests override what they want to know of. */
class StillDriver implements Driver {
  @Override
  public void start() {}

  @Override
  public void requestWrite(int callerBytes) {}

  @Override
  public void setDeadline(long nanoTime) {}

  @Override
  public void pauseReading(long nanos) {}

  @Override
  public boolean isOwnThread() {
    return false;
  }

  @Override
  public void shutdownOutput() {}

  @Override
  public void close() {}

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return null;
  }
}
