package io.picomux;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Something that went wrong with a stream or with a whole session; the subclass tells which. */
public abstract sealed class MuxException extends IOException
    permits StreamException, SessionException {
  @Serial private static final long serialVersionUID = 1L;

  MuxException(String message, @Nullable Throwable cause) {
    super(message);
    // Throwable takes a cause of null as one that is known, which could not be set later.
    if (cause != null) {
      initCause(cause);
    }
  }
}
