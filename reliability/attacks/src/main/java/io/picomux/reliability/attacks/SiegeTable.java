package io.picomux.reliability.attacks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Results as a table, for a terminal or as Markdown. Stateless. */
final class SiegeTable {
  private static final List<String> TITLES =
      List.of(
          "attack",
          "victim",
          "sent MiB",
          "connections",
          "held MiB before/under/after",
          "bound MiB",
          "max RSS MiB",
          "threads before/under/after",
          "descriptors before/under/after",
          "CPU s attack/sink",
          "neighbour keeps: bytes",
          "round trips",
          "sessions ended by",
          "verdict");

  private SiegeTable() {}

  /** Returns the table. */
  static String of(List<SiegeResult> results, boolean markdown) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(TITLES);
    results.forEach(result -> rows.add(row(result)));
    int[] widths = new int[TITLES.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      lines.add(line(row, widths, markdown));
    }
    if (markdown) {
      lines.add(1, "|" + "---|".repeat(widths.length));
    }
    return String.join("\n", lines) + "\n";
  }

  private static String line(List<String> cells, int[] widths, boolean markdown) {
    if (markdown) {
      return "| " + String.join(" | ", cells) + " |";
    }
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(cells.get(i)).append(" ".repeat(widths[i] - cells.get(i).length() + 2));
    }
    return line.toString().stripTrailing();
  }

  /** Returns the cells of one result, in the order of the titles. */
  static List<String> row(SiegeResult result) {
    ProcessFigures before = result.before();
    ProcessFigures after = result.after();
    return List.of(
        result.attack().name(),
        result.victim(),
        mebibytes(result.sentBytes()),
        Integer.toString(result.connections()),
        mebibytes(result.heldBefore())
            + " / "
            + mebibytes(result.heldUnderAttack())
            + " / "
            + mebibytes(result.heldAfter()),
        mebibytes(result.heldBefore() + result.boundBytes()),
        mebibytes(result.maxResidentBytes()),
        before.threads() + " / " + result.mostThreads() + " / " + after.threads(),
        before.descriptors() + " / " + result.mostDescriptors() + " / " + after.descriptors(),
        seconds(result.attackCpuNanos()) + " / " + seconds(result.sinkCpuNanos()),
        percent(result.keptBytes()),
        percent(result.keptRoundTrips()),
        endings(result),
        verdict(result));
  }

  private static String endings(SiegeResult result) {
    return result.endings().entrySet().stream()
        .map(each -> each.getKey() + " ×" + each.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String verdict(SiegeResult result) {
    List<String> failures = result.failures();
    return failures.isEmpty() ? "holds" : "FAILS: " + String.join(", ", failures);
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes / (double) (1 << 20));
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.1f", nanos / 1e9);
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "-" : Math.round(100 * share) + " %";
  }
}
