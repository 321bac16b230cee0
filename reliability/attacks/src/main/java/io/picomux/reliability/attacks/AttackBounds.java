package io.picomux.reliability.attacks;

import java.time.Duration;

/**
 * When an attack stops. Immutable.
 *
 * @param duration how long it may take
 * @param bytes how many bytes it may send
 */
public record AttackBounds(Duration duration, long bytes) {
  /** For tests of attacks that the victim bears: long enough to show what they do to it. */
  public static final AttackBounds SHORT = new AttackBounds(Duration.ofSeconds(2), 64L << 20);

  /**
   * For tests of attacks that the victim ends: many times what it takes on a machine that has other
   * things to do.
   */
  public static final AttackBounds UNTIL_ENDED = new AttackBounds(Duration.ofSeconds(30), 1L << 30);
}
