package io.picomux.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LimitedLogTest {
  /** Keeps the records as {@code LEVEL message}. */
  private static final class Records implements System.Logger {
    final List<String> written = new ArrayList<>();
    Level least = Level.INFO;

    @Override
    public String getName() {
      return "records";
    }

    @Override
    public boolean isLoggable(Level level) {
      return level.getSeverity() >= least.getSeverity();
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
      if (isLoggable(level)) {
        written.add(level + " " + message);
      }
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        String format,
        @Nullable Object @Nullable ... params) {
      log(level, bundle, format, (Throwable) null);
    }
  }

  private final Records records = new Records();
  private final List<Runnable> later = new ArrayList<>();
  private long nowNanos = Long.MAX_VALUE - 5;
  private final LimitedLog log =
      new LimitedLog(records, System.Logger.Level.INFO, "ends", () -> nowNanos, later::add);

  private void write(int count) {
    for (int i = 0; i < count; i++) {
      log.log("record", null);
    }
  }

  @Test
  void aBurstIsWrittenAndTheRestIsCounted() {
    write(LimitedLog.BURST_RECORDS + 1234);
    assertThat(records.written).hasSize(LimitedLog.BURST_RECORDS).containsOnly("INFO record");
    assertThat(later).hasSize(1);
    records.written.clear();
    later.removeFirst().run();
    assertThat(records.written)
        .containsExactly("INFO ends: 1234 more in the last minute (their records are at DEBUG)");
  }

  @Test
  void aFloodThatGoesOnIsToldOfOnceAMinute() {
    write(LimitedLog.BURST_RECORDS);
    for (int minute = 0; minute < 3; minute++) {
      records.written.clear();
      for (int second = 0; second < 60; second++) {
        nowNanos += TimeUnit.SECONDS.toNanos(1);
        write(100);
      }
      assertThat(records.written).hasSize(10).containsOnly("INFO record");
      later.removeFirst().run();
      assertThat(records.written.getLast()).contains("5990 more");
      assertThat(later).isEmpty();
    }
  }

  @Test
  void aQuietTimeFillsTheBurstUpAgainAndNoFurther() {
    write(LimitedLog.BURST_RECORDS);
    nowNanos += TimeUnit.DAYS.toNanos(1);
    records.written.clear();
    write(LimitedLog.BURST_RECORDS + 1);
    assertThat(records.written).hasSize(LimitedLog.BURST_RECORDS);
  }

  @Test
  void whatIsHeldBackIsWrittenWhereDebugIsOn() {
    records.least = System.Logger.Level.DEBUG;
    write(LimitedLog.BURST_RECORDS + 1);
    assertThat(records.written).hasSize(LimitedLog.BURST_RECORDS + 1).endsWith("DEBUG record");
  }

  @Test
  void nothingIsCountedWhereTheLevelIsOff() {
    records.least = System.Logger.Level.WARNING;
    write(LimitedLog.BURST_RECORDS + 1);
    assertThat(later).isEmpty();
  }

  @Test
  void theNumberIsToldAtOnceWhenItCannotBeToldLater() {
    LimitedLog threadless =
        new LimitedLog(
            records,
            System.Logger.Level.INFO,
            "ends",
            () -> nowNanos,
            task -> {
              throw new RejectedExecutionException("no thread");
            });
    for (int i = 0; i <= LimitedLog.BURST_RECORDS; i++) {
      threadless.log("record", null);
    }
    assertThat(records.written.getLast()).contains("ends: 1 more");
  }
}
