package io.picomux.reliability.faults;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what is seen from outside only. */
final class Waiting {
  /** Far longer than any machine needs. */
  private static final long PATIENCE_NANOS = Duration.ofSeconds(60).toNanos();

  private static final long LOOK_NANOS = Duration.ofMillis(5).toNanos();

  private Waiting() {}

  /** Returns when a condition holds. */
  static void until(BooleanSupplier condition) {
    long begun = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begun > PATIENCE_NANOS) {
        throw new AssertionError("did not come true within a minute");
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Returns when so much time has gone by, which a fault takes that lasts. */
  static void untilElapsed(Duration duration) {
    long begun = System.nanoTime();
    until(() -> System.nanoTime() - begun > duration.toNanos());
  }
}
