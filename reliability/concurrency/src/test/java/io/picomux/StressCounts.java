package io.picomux;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What happened in a run, so that one can see that it happened at all. Failures that no honest use
 * explains are errors. Safe for concurrent use.
 */
final class StressCounts {
  private final LongAdder streams = new LongAdder();
  private final LongAdder bytesRead = new LongAdder();
  private final LongAdder cleanEnds = new LongAdder();
  private final LongAdder streamFailures = new LongAdder();
  private final LongAdder sessionFailures = new LongAdder();
  private final LongAdder interrupts = new LongAdder();
  private final LongAdder timeouts = new LongAdder();
  private final LongAdder slowListeners = new LongAdder();
  private final AtomicLong sessions = new AtomicLong();

  void noteStream() {
    streams.increment();
  }

  void noteSession() {
    sessions.incrementAndGet();
  }

  void noteRead(long bytes) {
    bytesRead.add(bytes);
  }

  void noteCleanEnd() {
    cleanEnds.increment();
  }

  void noteEarlyEnd(boolean interrupted) {
    (interrupted ? interrupts : timeouts).increment();
  }

  void noteSlowListener() {
    slowListeners.increment();
  }

  /** A call has failed: with a typed cause, and one that the run can have brought about. */
  void noteFailure(IOException e) {
    if (e instanceof SessionException session) {
      switch (session.reason()) {
        case CLOSED, ABORTED, PEER_CLOSED, TRUNCATED, TRANSPORT_FAILED ->
            sessionFailures.increment();
        case TIMED_OUT, PROTOCOL_VIOLATION, OVERLOADED, INTERNAL_ERROR ->
            throw new AssertionError("a session failed by itself", e);
      }
    } else if (e instanceof StreamException stream) {
      boolean explained =
          switch (stream.reason()) {
            case CLOSED, RESET, REFUSED, PEER_CLOSED, SESSION_ENDED -> true;
            case PEER_GONE, RECEIVE_BUDGET, LINGER_EXPIRED -> false;
          };
      if (!explained) {
        throw new AssertionError("a stream failed by itself", e);
      }
      streamFailures.increment();
    } else {
      throw new AssertionError("a failure without a type", e);
    }
  }

  /** Fails when something has not happened in the run, which then shows nothing of it. */
  void checkVariety() {
    require(cleanEnds, "clean end");
    require(streamFailures, "failure of a stream");
    require(sessionFailures, "failure of a session");
    require(interrupts, "interrupt");
    require(timeouts, "timeout");
  }

  private static void require(LongAdder count, String what) {
    if (count.sum() == 0) {
      throw new AssertionError("the run saw no " + what);
    }
  }

  @Override
  public String toString() {
    return sessions
        + " pairs of sessions, "
        + streams
        + " streams, "
        + (bytesRead.sum() >> 20)
        + " MiB read, "
        + cleanEnds
        + " clean ends, "
        + streamFailures
        + " stream failures, "
        + sessionFailures
        + " session failures, "
        + interrupts
        + " interrupts, "
        + timeouts
        + " timeouts, "
        + slowListeners
        + " listeners not told within a second";
  }
}
