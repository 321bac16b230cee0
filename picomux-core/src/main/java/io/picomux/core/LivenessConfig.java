package io.picomux.core;

import java.time.Duration;

/**
 * How a session finds out that its peer is gone.
 *
 * @param pingIntervalNanos between two PINGs of an idle session; 1 or more
 * @param timeoutNanos how long after a PING, or after the last byte that came after it, the session
 *     is given up; 1 or more
 * @param waitProbeNanos how long a call may wait without a byte from the peer before a PING asks
 *     for one; 1 or more, and less than {@link #MIN_WAIT_PROBE_NANOS} counts as that
 */
public record LivenessConfig(long pingIntervalNanos, long timeoutNanos, long waitProbeNanos) {
  /**
   * The shortest {@link #waitProbeNanos()}: while a call waits, its session wakes so often. Chosen
   * by judgement: below what a round trip takes on most links, and next to nothing for a processor.
   */
  public static final long MIN_WAIT_PROBE_NANOS = 1_000_000;

  /** The defaults: the crate's 1800 s and 30 s, and a PING after 15 s of waiting. */
  public static final LivenessConfig DEFAULT =
      of(Duration.ofSeconds(1800), Duration.ofSeconds(30), Duration.ofSeconds(15));

  /** Checks the ranges. */
  public LivenessConfig {
    require("pingIntervalNanos", pingIntervalNanos);
    require("timeoutNanos", timeoutNanos);
    require("waitProbeNanos", waitProbeNanos);
    waitProbeNanos = Math.max(waitProbeNanos, MIN_WAIT_PROBE_NANOS);
  }

  /**
   * Creates a configuration. What is too long to be counted in nanoseconds, 292 years and more, is
   * for ever.
   *
   * @param pingInterval between two PINGs of an idle session; positive
   * @param timeout how long a PING may go without a byte of the peer; positive
   * @param waitProbe how long a call may wait without a byte of the peer before a PING; positive
   */
  public static LivenessConfig of(Duration pingInterval, Duration timeout, Duration waitProbe) {
    return new LivenessConfig(nanos(pingInterval), nanos(timeout), nanos(waitProbe));
  }

  private static long nanos(Duration span) {
    try {
      return span.toNanos();
    } catch (ArithmeticException e) {
      return span.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /** Returns the interval in the unit of the PING body, at most the u32 that it can carry. */
  long pingIntervalMillis() {
    return Math.min(pingIntervalNanos / 1_000_000, 0xFFFF_FFFFL);
  }

  private static void require(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ", must be 1 or more");
    }
  }
}
