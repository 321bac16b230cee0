package io.picomux.reliability.faults.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Judges a soak and writes its picture, samples and summary. */
final class SoakReport {
  /** Shorter runs say how much grew and draw no conclusion; by judgement: six minutes. */
  private static final double SHORTEST_JUDGED_HOURS = 0.1;

  private final List<Figures> server;
  private final List<Figures> client;
  private final SoakTotals totals;
  private final long seed;
  private final List<String> problems;

  SoakReport(List<Figures> server, List<Figures> client, SoakTotals totals, long seed) {
    this.server = server;
    this.client = client;
    this.totals = totals;
    this.seed = seed;
    this.problems = new ArrayList<>(totals.errors());
    judge("server", server);
    judge("client", client);
  }

  private void judge(String process, List<Figures> samples) {
    Figures last = totals.last(process);
    if (last == null) {
      problems.add("the " + process + " process did not say what was left at its end");
    } else if (last.sessionsLive() != 0 || last.unreadBytes() != 0) {
      problems.add(
          "the "
              + process
              + " process had "
              + last.sessionsLive()
              + " sessions and "
              + last.unreadBytes()
              + " unread bytes left at its end");
    }
    for (Leak leak : Leak.values()) {
      Trend trend = leak.trend(samples);
      if (isGrowthJudged() && leak.isIn(trend)) {
        problems.add(
            "the " + leak.title() + " of the " + process + " grows: " + leak.describe(trend));
      }
    }
  }

  /**
   * Tells whether the second half shows what grows: in the first minutes pools fill and code is
   * compiled, and a buffer more within seconds looks like megabytes an hour.
   */
  private boolean isGrowthJudged() {
    return hours() >= SHORTEST_JUDGED_HOURS;
  }

  boolean isGood() {
    return problems.isEmpty();
  }

  void write(Path folder) throws IOException {
    Files.writeString(folder.resolve("soak-summary.md"), text() + "\n");
    Files.write(folder.resolve("soak-samples.csv"), samples());
    SoakPicture.draw(folder.resolve("soak.svg"), title(), server, client);
  }

  /** Adds a line to the log of all runs, which it begins where there is none. */
  void addTo(Path log, String commit) throws IOException {
    if (!Files.exists(log)) {
      Files.writeString(
          log,
          "date,commit,hours,moved_mb,streams,sessions,problems,client_heap_mb_per_hour,"
              + "server_heap_mb_per_hour\n");
    }
    Figures last = client.get(client.size() - 1);
    Files.writeString(
        log,
        String.format(
            Locale.ROOT,
            "%s,%s,%.2f,%d,%d,%d,%d,%.3f,%.3f%n",
            Instant.now().truncatedTo(ChronoUnit.SECONDS),
            commit,
            hours(),
            last.movedBytes() / 1_000_000,
            last.streamsOpened(),
            last.sessionsOpened(),
            problems.size(),
            Leak.LIVE_HEAP.trend(client).perHour() / 1e6,
            Leak.LIVE_HEAP.trend(server).perHour() / 1e6),
        StandardOpenOption.APPEND);
  }

  private double hours() {
    return client.isEmpty() ? 0 : client.get(client.size() - 1).seconds() / 3600;
  }

  private String title() {
    return String.format(
        Locale.ROOT,
        "%.2f hours of everything: %s%s",
        hours(),
        isGood() ? "good" : "NOT good",
        isGrowthJudged() ? "" : " (too short to judge growth)");
  }

  String text() {
    List<String> lines = new ArrayList<>();
    lines.add(title());
    lines.add("");
    lines.add("seed " + seed);
    if (!client.isEmpty()) {
      Figures last = client.get(client.size() - 1);
      lines.add(
          String.format(
              Locale.ROOT,
              "%,d MB moved, %,d streams, %,d sessions",
              last.movedBytes() / 1_000_000,
              last.streamsOpened(),
              last.sessionsOpened()));
    }
    lines.add("");
    lines.add("| process | figure | growth in the second half, 95 % interval |");
    lines.add("|---|---|---|");
    Map.of("client", client, "server", server).entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(each -> addTrends(lines, each.getKey(), each.getValue()));
    lines.add("");
    new TreeMap<>(totals.operations()).forEach((what, count) -> lines.add(what + ": " + count));
    lines.add("");
    lines.add(problems.isEmpty() ? "no problem" : problems.size() + " problems:");
    problems.forEach(problem -> lines.add("- " + problem));
    return String.join("\n", lines);
  }

  private static void addTrends(List<String> lines, String process, List<Figures> samples) {
    for (Leak leak : Leak.values()) {
      lines.add(
          "| "
              + process
              + " | "
              + leak.title()
              + " | "
              + leak.describe(leak.trend(samples))
              + " |");
    }
  }

  private List<String> samples() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "process,seconds,live_heap_bytes,threads,descriptors,direct_bytes,moved_bytes,"
            + "streams_opened,sessions_opened,sessions_live,unread_bytes");
    server.forEach(figures -> lines.add(line("server", figures)));
    client.forEach(figures -> lines.add(line("client", figures)));
    return lines;
  }

  private static String line(String process, Figures f) {
    return String.format(
        Locale.ROOT,
        "%s,%.1f,%d,%d,%d,%d,%d,%d,%d,%d,%d",
        process,
        f.seconds(),
        f.liveHeapBytes(),
        f.threads(),
        f.descriptors(),
        f.directBytes(),
        f.movedBytes(),
        f.streamsOpened(),
        f.sessionsOpened(),
        f.sessionsLive(),
        f.unreadBytes());
  }
}
