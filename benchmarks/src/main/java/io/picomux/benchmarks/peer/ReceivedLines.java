package io.picomux.benchmarks.peer;

import io.picomux.benchmarks.link.ReceivedBytes;
import java.io.PrintWriter;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Tells again and again what a server has received; only it knows what of an upload is there. */
final class ReceivedLines {

  /** Short against the seconds that rates are taken of, long against the cost of a line. */
  private static final long PERIOD_MILLIS = 100;

  private ReceivedLines() {}

  /** Begins to print, until the process ends. */
  static void start(PrintWriter out) {
    Future<?> unused =
        Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("benchmark-received").factory())
            .scheduleAtFixedRate(
                () -> out.println(line(System.currentTimeMillis(), ReceivedBytes.total())),
                0,
                PERIOD_MILLIS,
                TimeUnit.MILLISECONDS);
  }

  static String line(long epochMillis, long bytes) {
    return "received " + epochMillis + " " + bytes;
  }
}
