package io.picomux.testkit;

import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** One connection of a {@link TcpLink}: two sockets and a pump each way. Thread-safe. */
final class TcpLinkConnection {
  /** Stands for no limit of the bytes that are carried. */
  private static final long NO_LIMIT = Long.MAX_VALUE;

  private final TcpLink link;
  private final Socket near;
  private final Socket far;
  private final TcpLinkPump outward;
  private final TcpLinkPump inward;
  private final AtomicInteger openPumps = new AtomicInteger(2);
  private final AtomicBoolean broken = new AtomicBoolean();
  private final AtomicLong leftBytes = new AtomicLong(NO_LIMIT);

  TcpLinkConnection(TcpLink link, Socket near, Socket far) {
    this.link = link;
    this.near = near;
    this.far = far;
    this.outward = new TcpLinkPump(link, this, near, far);
    this.inward = new TcpLinkPump(link, this, far, near);
  }

  void start() {
    outward.start();
    inward.start();
  }

  void wake() {
    outward.wake();
    inward.wake();
  }

  void cutAfter(long bytes) {
    leftBytes.set(bytes);
    if (bytes <= 0) {
      reset();
    }
  }

  /** Takes bytes off what may still be carried; returns how many of them go on. */
  int allow(int bytes) {
    long before = leftBytes.getAndUpdate(left -> left == NO_LIMIT ? left : left - bytes);
    return Math.clamp(before, 0, bytes);
  }

  boolean isBroken() {
    return broken.get();
  }

  /** One direction has ended in order; with the second one the connection is over. */
  void pumpEnded() {
    if (openPumps.decrementAndGet() == 0) {
      closeBoth(false);
    }
  }

  void reset() {
    closeBoth(true);
  }

  private void closeBoth(boolean abortively) {
    if (!broken.compareAndSet(false, true)) {
      return;
    }
    for (Socket socket : List.of(near, far)) {
      try {
        if (abortively) {
          socket.setSoLinger(true, 0);
        }
        socket.close();
      } catch (IOException e) {
        // It was closed by its peer: nothing is left to break.
      }
    }
    wake();
    link.forget(this);
  }
}
