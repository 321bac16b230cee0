package io.picomux.reliability.attacks.victim;

import io.picomux.SessionException;
import io.picomux.core.SessionEnd;
import io.picomux.core.Violation;
import org.jspecify.annotations.Nullable;

/**
 * How a session of the victim ended.
 *
 * @param reason the reason that the session reports
 * @param violation the rule that the peer broke, if that was the reason
 * @param message the message, with the numbers
 */
public record Ending(SessionEnd reason, @Nullable Violation violation, String message) {
  static Ending of(SessionException cause) {
    return new Ending(
        cause.reason(), cause.violation().orElse(null), String.valueOf(cause.getMessage()));
  }

  /** Returns the violation, or the reason when there was none. */
  public String name() {
    Violation broken = violation;
    return broken == null ? reason.name() : broken.name();
  }
}
