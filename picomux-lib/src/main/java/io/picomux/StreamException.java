package io.picomux;

import io.picomux.core.StreamFailure;
import java.io.Serial;

/** One stream cannot go on; its session and the other streams are not affected. */
public final class StreamException extends MuxException {
  @Serial private static final long serialVersionUID = 1L;

  private final StreamFailure reason;

  StreamException(StreamFailure reason, String message) {
    super(message, null);
    this.reason = reason;
  }

  /** Returns why the stream cannot go on. */
  public StreamFailure reason() {
    return reason;
  }
}
