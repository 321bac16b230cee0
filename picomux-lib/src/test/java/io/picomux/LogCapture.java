package io.picomux;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Keeps what the library logs at INFO and above from the console, and for a test to look at. */
public final class LogCapture extends Handler implements AutoCloseable {
  private static final Logger LIBRARY_LOG = Logger.getLogger("io.picomux");

  private final List<LogRecord> records = new CopyOnWriteArrayList<>();

  /** Begins. */
  public LogCapture() {
    LIBRARY_LOG.addHandler(this);
    LIBRARY_LOG.setUseParentHandlers(false);
  }

  /** Returns the records so far whose message contains the words. */
  public List<LogRecord> recordsOf(String words) {
    return records.stream().filter(record -> record.getMessage().contains(words)).toList();
  }

  @Override
  public void publish(LogRecord record) {
    if (record.getLevel().intValue() >= Level.INFO.intValue()) {
      records.add(record);
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    LIBRARY_LOG.setUseParentHandlers(true);
    LIBRARY_LOG.removeHandler(this);
  }
}
