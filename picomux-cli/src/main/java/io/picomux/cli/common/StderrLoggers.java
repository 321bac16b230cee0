package io.picomux.cli.common;

import java.text.MessageFormat;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the library logs to the standard error stream, one line a message: warnings, and with
 * {@code -v} its details. The platform's own logging would take two lines and a good part of the
 * start-up time. Safe for concurrent use.
 */
public final class StderrLoggers extends System.LoggerFinder {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

  private static volatile boolean verbose;

  /** Made by the service loader. */
  public StderrLoggers() {}

  /** Sets whether details of picomux are shown. */
  public static void setVerbose(boolean value) {
    verbose = value;
  }

  /** Returns whether details of picomux are shown. */
  public static boolean isVerbose() {
    return verbose;
  }

  @Override
  public System.Logger getLogger(String name, Module module) {
    return new StderrLogger(name);
  }

  private static final class StderrLogger implements System.Logger {
    private final String name;

    StderrLogger(String name) {
      this.name = name;
    }

    @Override
    public String getName() {
      return name;
    }

    @Override
    public boolean isLoggable(Level level) {
      Level lowest = verbose && name.startsWith("io.picomux") ? Level.DEBUG : Level.WARNING;
      return level != Level.OFF && level.getSeverity() >= lowest.getSeverity();
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String message,
        @Nullable Throwable thrown) {
      if (!isLoggable(level)) {
        return;
      }
      String what = String.valueOf(message);
      if (thrown != null) {
        what += what.isEmpty() ? thrown : ": " + thrown;
      }
      System.err.println(
          LocalTime.now(ZoneId.systemDefault()).format(TIME) + " " + level.getName() + " " + what);
      if (thrown != null && verbose && level.getSeverity() >= Level.WARNING.getSeverity()) {
        thrown.printStackTrace();
      }
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String format,
        @Nullable Object @Nullable ... params) {
      if (isLoggable(level)) {
        String pattern = String.valueOf(format);
        boolean plain = params == null || params.length == 0;
        log(
            level,
            bundle,
            plain ? pattern : MessageFormat.format(pattern, params),
            (Throwable) null);
      }
    }
  }
}
