package io.picomux.benchmarks.micro;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** What JMH has measured, a line for each benchmark. */
final class ResultTable {
  /** By this name JMH's profiler tells how many bytes an operation allocates. */
  static final String ALLOCATED_BYTES = "gc.alloc.rate.norm";

  private static final List<String> HEADER =
      List.of("benchmark", "streams", "ns/frame", "± 99.9 %", "B/frame");
  private static final String UNKNOWN = "-";
  private static final String GAP = "  ";

  private ResultTable() {}

  /** Returns the lines, the first one with the names of the columns. */
  static List<String> lines(Collection<RunResult> results) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADER);
    results.forEach(result -> rows.add(row(result)));
    return aligned(rows);
  }

  private static List<String> row(RunResult result) {
    BenchmarkParams params = result.getParams();
    Result<?> time = result.getPrimaryResult();
    Result<?> allocated = result.getSecondaryResults().get(ALLOCATED_BYTES);
    return List.of(
        name(params.getBenchmark()),
        params.getParamsKeys().contains("streams") ? params.getParam("streams") : "",
        number(time.getScore(), 2),
        number(time.getScoreError(), 2),
        allocated == null ? UNKNOWN : number(allocated.getScore(), 3));
  }

  /** Returns the class and the method of a benchmark's name. */
  static String name(String fullName) {
    int method = fullName.lastIndexOf('.');
    return fullName.substring(fullName.lastIndexOf('.', method - 1) + 1);
  }

  private static String number(double value, int decimals) {
    return Double.isNaN(value) ? UNKNOWN : String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** The first column to the left, all others to the right. */
  private static List<String> aligned(List<List<String>> rows) {
    int[] widths = new int[HEADER.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String cell = row.get(i);
        String padding = " ".repeat(widths[i] - cell.length());
        line.append(i == 0 ? cell + padding : GAP + padding + cell);
      }
      lines.add(line.toString());
    }
    return lines;
  }
}
