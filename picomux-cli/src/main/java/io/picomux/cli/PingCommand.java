package io.picomux.cli;

import io.picomux.PicoMux;
import io.picomux.cli.common.CommandFailure;
import io.picomux.cli.common.ExitCodes;
import io.picomux.cli.common.FrameLog;
import io.picomux.cli.common.Version;
import io.picomux.cli.common.Via;
import io.picomux.tunnel.PingStatistics;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures the latency of a session. */
@Command(
    name = "ping",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Measures the round trips of PING frames in a session with an exit.",
      "",
      "Runs until Ctrl-C unless -c is given; ends with the sums, as ping(8) does.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = {"  picomux ping -c 5 -i 0.2 --via 127.0.0.1:9000"})
final class PingCommand implements Callable<Integer> {

  @Spec private CommandSpec command;
  @Mixin private Via via;

  @Option(
      names = {"-c", "--count"},
      paramLabel = "N",
      description = "Stop after N pings, 1 or more.")
  private @Nullable Long count;

  @Option(
      names = {"-i", "--interval"},
      paramLabel = "SECONDS",
      defaultValue = "1",
      description = "Seconds from one ping to the next, 0 to 3600 (default: ${DEFAULT-VALUE}).")
  private double intervalSeconds;

  @Option(
      names = {"-W", "--timeout"},
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "Seconds to wait for an answer, 0.001 to 3600 (default: ${DEFAULT-VALUE}).")
  private double timeoutSeconds;

  @Override
  public Integer call() throws InterruptedException {
    via.common().apply();
    if (count != null && count < 1) {
      throw outOfRange("--count", count, "1 or more");
    }
    requireRange("--interval", intervalSeconds, 0, 3600);
    requireRange("--timeout", timeoutSeconds, 0.001, 3600);
    try (FrameLog frames = via.common().openFrameLog();
        PicoMux session = connect(frames)) {
      return ping(session);
    }
  }

  private PicoMux connect(FrameLog frames) {
    try {
      return via.connect(frames);
    } catch (IOException e) {
      throw new CommandFailure(
          "cannot reach the exit "
              + via.exit()
              + ": "
              + e.getMessage()
              + "; is 'picomux serve' running there?",
          e);
    }
  }

  private int ping(PicoMux session) throws InterruptedException {
    PrintWriter out = command.commandLine().getOut();
    PingStatistics statistics = new PingStatistics();
    Duration timeout = seconds(timeoutSeconds);
    long startNanos = System.nanoTime();
    out.println("PING " + via.exit() + " in a picomux session");
    try {
      for (long sequence = 1; count == null || sequence <= count; sequence++) {
        long sentNanos = System.nanoTime();
        try {
          Duration roundTrip = session.ping(timeout);
          statistics.answered(roundTrip);
          out.println(
              "answer from "
                  + via.exit()
                  + ": seq="
                  + sequence
                  + " time="
                  + millis(roundTrip)
                  + " ms");
        } catch (InterruptedIOException e) {
          if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while waiting for an answer");
          }
          statistics.lost();
          out.println("no answer from " + via.exit() + ": seq=" + sequence);
        } catch (IOException e) {
          statistics.lost();
          out.println("the session is over: " + e.getMessage());
          return ExitCodes.FAILED;
        }
        Duration sinceSent = Duration.ofNanos(System.nanoTime() - sentNanos);
        Duration pause = seconds(intervalSeconds).minus(sinceSent);
        boolean last = count != null && sequence == count;
        if (!last && !pause.isNegative()) {
          // The next ping reports the session's end when that comes first.
          session.awaitTermination(pause);
        }
      }
    } finally {
      conclude(out, statistics, Duration.ofNanos(System.nanoTime() - startNanos));
    }
    return statistics.received() > 0 ? ExitCodes.OK : ExitCodes.FAILED;
  }

  private void conclude(PrintWriter out, PingStatistics statistics, Duration total) {
    out.println();
    out.println("--- " + via.exit() + " ping statistics ---");
    out.println(
        String.format(
            Locale.ROOT,
            "%d pings, %d answers, %.0f%% lost, time %d ms",
            statistics.sent(),
            statistics.received(),
            statistics.lostPercent(),
            total.toMillis()));
    if (statistics.received() > 0) {
      out.println(
          String.format(
              Locale.ROOT,
              "rtt min/avg/max/p99 = %s/%s/%s/%s ms",
              millis(statistics.min()),
              millis(statistics.average()),
              millis(statistics.max()),
              millis(statistics.percentile(99))));
    }
  }

  private void requireRange(String option, double value, double min, double max) {
    if (!(value >= min && value <= max)) {
      throw outOfRange(option, value, min + " to " + max);
    }
  }

  private ParameterException outOfRange(String option, Number value, String range) {
    return new ParameterException(
        command.commandLine(),
        "Invalid value for option '"
            + option
            + "': "
            + value
            + " is out of range, must be "
            + range);
  }

  private static Duration seconds(double seconds) {
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }

  private static String millis(Duration duration) {
    return String.format(Locale.ROOT, "%.3f", duration.toNanos() / 1e6);
  }
}
