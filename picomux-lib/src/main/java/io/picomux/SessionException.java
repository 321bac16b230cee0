package io.picomux;

import io.picomux.core.ProtocolViolationException;
import io.picomux.core.SessionEnd;
import io.picomux.core.Violation;
import java.io.Serial;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The session is over, and all its streams with it. The cause is the first thing that went wrong:
 * every exception that a session throws after its end tells the same one.
 */
public final class SessionException extends MuxException {
  @Serial private static final long serialVersionUID = 1L;

  private final SessionEnd reason;
  private final long undeliveredBytes;

  SessionException(SessionEnd reason, String message, @Nullable Throwable cause) {
    this(reason, message, cause, 0);
  }

  private SessionException(
      SessionEnd reason, String message, @Nullable Throwable cause, long undeliveredBytes) {
    super(message, cause);
    this.reason = reason;
    this.undeliveredBytes = undeliveredBytes;
  }

  /** Returns why the session ended. */
  public SessionEnd reason() {
    return reason;
  }

  /**
   * Returns which rule the peer broke, when {@link #reason()} is {@link
   * SessionEnd#PROTOCOL_VIOLATION}.
   */
  public Optional<Violation> violation() {
    for (Throwable t = getCause(); t != null; t = t.getCause()) {
      if (t instanceof ProtocolViolationException broken) {
        return Optional.of(broken.violation());
      }
    }
    return Optional.empty();
  }

  /**
   * Returns how many bytes were accepted from streams before they were closed and could not be
   * delivered. Known when the session has ended: in what {@link PicoMux#onTermination()} gives.
   */
  public long undeliveredBytes() {
    return undeliveredBytes;
  }

  /** Returns the same failure with what is known at the very end. */
  SessionException withUndelivered(long bytes) {
    return bytes == 0
        ? this
        : new SessionException(
            reason,
            getMessage() + "; " + bytes + " bytes written before a close were not delivered",
            getCause(),
            bytes);
  }

  /** Returns the same failure with the stack of the calling thread. */
  SessionException again() {
    SessionException copy =
        new SessionException(reason, getMessage(), getCause(), undeliveredBytes);
    if (getCause() == null) {
      copy.initCause(this);
    }
    return copy;
  }

  @Override
  public String getMessage() {
    String message = super.getMessage();
    return message == null ? reason.toString() : message;
  }
}
