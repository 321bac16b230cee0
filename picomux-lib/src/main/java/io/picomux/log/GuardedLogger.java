package io.picomux.log;

import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * A logger that never throws. Logging fails when it is needed most: with no file descriptor left
 * the JDK's own handlers cannot load what they format times with, and throw an {@link Error} for
 * it. A message that is lost must not cost a selector thread, which serves many sessions. Safe for
 * concurrent use.
 */
public final class GuardedLogger implements System.Logger {
  private final System.Logger logger;

  private GuardedLogger(System.Logger logger) {
    this.logger = logger;
  }

  /** Returns the guarded form of a logger. */
  public static System.Logger of(System.Logger logger) {
    return new GuardedLogger(logger);
  }

  /** Returns the guarded form of the logger of the library. */
  public static System.Logger ofLibrary() {
    return of(System.getLogger("io.picomux"));
  }

  @Override
  public String getName() {
    return logger.getName();
  }

  @Override
  public boolean isLoggable(Level level) {
    try {
      return logger.isLoggable(level);
    } catch (Throwable e) {
      return false;
    }
  }

  @Override
  public void log(
      Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
    try {
      logger.log(level, bundle, message, thrown);
    } catch (Throwable e) {
      // There is nobody left to tell.
      return;
    }
  }

  @Override
  public void log(
      Level level,
      @Nullable ResourceBundle bundle,
      String format,
      @Nullable Object @Nullable ... params) {
    try {
      logger.log(level, bundle, format, params);
    } catch (Throwable e) {
      // There is nobody left to tell.
      return;
    }
  }
}
