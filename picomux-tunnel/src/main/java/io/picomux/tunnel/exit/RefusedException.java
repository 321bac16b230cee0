package io.picomux.tunnel.exit;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Tells that an exit does not connect a stream to its destination. The message is safe to print.
 */
public final class RefusedException extends IOException {

  private static final long serialVersionUID = 1L;

  private final Refusal refusal;

  RefusedException(Refusal refusal, String detail) {
    this(refusal, detail, null);
  }

  RefusedException(Refusal refusal, String detail, @Nullable Throwable cause) {
    super(detail, cause);
    this.refusal = refusal;
  }

  /** The kind of the refusal. */
  public Refusal refusal() {
    return refusal;
  }
}
