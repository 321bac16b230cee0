package io.picomux;

import io.picomux.core.Command;
import io.picomux.log.GuardedLogger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the session's threads from what a frame listener throws: the first time it is logged, and
 * the listener is told of no further frame. Safe for concurrent use.
 */
final class GuardedFrameListener implements FrameListener {
  private static final System.Logger LOG = GuardedLogger.ofLibrary();

  private final FrameListener listener;
  private final long sessionId;
  private volatile boolean broken;

  private GuardedFrameListener(FrameListener listener, long sessionId) {
    this.listener = listener;
    this.sessionId = sessionId;
  }

  static @Nullable FrameListener of(@Nullable FrameListener listener, long sessionId) {
    return listener == null ? null : new GuardedFrameListener(listener, sessionId);
  }

  @Override
  public void onFrame(boolean outgoing, Command command, int streamId, int bodyBytes) {
    if (broken) {
      return;
    }
    try {
      listener.onFrame(outgoing, command, streamId, bodyBytes);
    } catch (Throwable e) {
      broken = true;
      LOG.log(
          System.Logger.Level.WARNING,
          "session " + sessionId + ": the frame listener has thrown and is not called again",
          e);
    }
  }
}
