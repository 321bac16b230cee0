package io.picomux.cli.demo;

import io.picomux.PicoMux;
import io.picomux.tunnel.SocksProxy;
import io.picomux.tunnel.TrafficCounters.Traffic;
import io.picomux.tunnel.TunnelClient;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Shows what a proxy does, until interrupted: in place, every second, on a terminal; otherwise a
 * plain line every five seconds.
 */
final class LiveFigures {

  private static final long TERMINAL_INTERVAL_MILLIS = 1_000;
  private static final long PLAIN_INTERVAL_MILLIS = 5_000;

  /** Goes to the beginning of the line and erases it (ECMA-48: CR, EL). */
  private static final String FRESH_LINE = "\r\u001b[K";

  private final SocksProxy proxy;
  private final TunnelClient tunnel;
  private final PrintWriter out;
  private final boolean inPlace;

  /** Figures of {@code proxy} and {@code tunnel}. */
  LiveFigures(SocksProxy proxy, TunnelClient tunnel, PrintWriter out, boolean inPlace) {
    this.proxy = proxy;
    this.tunnel = tunnel;
    this.out = out;
    this.inPlace = inPlace;
  }

  /** Shows the figures until the thread is interrupted. */
  void showUntilInterrupted() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    long intervalMillis = inPlace ? TERMINAL_INTERVAL_MILLIS : PLAIN_INTERVAL_MILLIS;
    Traffic before = proxy.traffic();
    long beforeNanos = System.nanoTime();
    try {
      while (!never.await(intervalMillis, TimeUnit.MILLISECONDS)) {
        Traffic now = proxy.traffic();
        long nowNanos = System.nanoTime();
        Optional<Duration> latency = tunnel.session().flatMap(PicoMux::lastLatency);
        // The next line shows what this asks for.
        tunnel.session().ifPresent(LiveFigures::measure);
        String line = line(before, now, (nowNanos - beforeNanos) / 1e9, latency);
        if (inPlace) {
          out.print(FRESH_LINE + line);
          out.flush();
        } else {
          out.println(line);
        }
        before = now;
        beforeNanos = nowNanos;
      }
    } finally {
      if (inPlace) {
        out.println();
      }
    }
  }

  /** One line of figures: rates over {@code seconds} between two sums. */
  static String line(Traffic before, Traffic now, double seconds, Optional<Duration> latency) {
    return String.format(
        Locale.ROOT,
        "streams %d live, %d in all | up %s/s, down %s/s | latency %s",
        now.liveStreams(),
        now.totalStreams(),
        size((now.bytesUp() - before.bytesUp()) / seconds),
        size((now.bytesDown() - before.bytesDown()) / seconds),
        latency.map(d -> String.format(Locale.ROOT, "%.2f ms", d.toNanos() / 1e6)).orElse("-"));
  }

  /** A number of bytes for people. */
  static String size(double bytes) {
    if (bytes >= 1e9) {
      return String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
    }
    if (bytes >= 1e6) {
      return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
    if (bytes >= 1e3) {
      return String.format(Locale.ROOT, "%.1f kB", bytes / 1e3);
    }
    return String.format(Locale.ROOT, "%.0f B", bytes);
  }

  private static void measure(PicoMux session) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            Duration unused = session.ping(Duration.ofSeconds(10));
          } catch (java.io.IOException e) {
            // Then the figures go on showing the last latency there was.
            return;
          }
        });
  }
}
