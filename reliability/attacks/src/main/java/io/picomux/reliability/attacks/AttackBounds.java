package io.picomux.reliability.attacks;

import java.time.Duration;

/**
 * When an attack stops. Immutable.
 *
 * @param duration how long it may take
 * @param bytes how many bytes it may send
 */
public record AttackBounds(Duration duration, long bytes) {
  /** What tests use: chosen by judgement, well above what any attack needs to show its effect. */
  public static final AttackBounds SHORT = new AttackBounds(Duration.ofSeconds(2), 64L << 20);
}
