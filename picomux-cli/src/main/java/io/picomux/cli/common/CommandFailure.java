package io.picomux.cli.common;

/**
 * Ends a command with exit code {@link ExitCodes#FAILED} and one line: what failed, with the value
 * at fault, and what to do about it.
 */
public final class CommandFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** A failure that is told as {@code message}. */
  public CommandFailure(String message) {
    super(message);
  }

  /** A failure that is told as {@code message}; the cause shows with {@code -v}. */
  public CommandFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
