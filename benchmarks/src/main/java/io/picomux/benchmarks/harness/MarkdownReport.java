package io.picomux.benchmarks.harness;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Writes what was measured as a page of Markdown with charts beside it. Not thread-safe. */
final class MarkdownReport {
  private final Path file;
  private final Path charts;
  private final List<String> lines = new ArrayList<>();

  /** Makes a report; its charts go into a folder of the same name without its ending. */
  MarkdownReport(Path file) {
    this.file = file.toAbsolutePath();
    String name = String.valueOf(this.file.getFileName());
    this.charts = this.file.resolveSibling(name.replaceFirst("\\.md$", ""));
  }

  /**
   * Writes everything.
   *
   * @param machine what it was measured on
   * @param arguments what the program was called with
   * @param earlier what it was called with in runs that are reported together with this one
   * @param measurements tell the versions of the peers
   * @param outcomes how the targets stand; may be empty
   */
  void write(
      JsonObject machine,
      List<String> arguments,
      List<String> earlier,
      List<Measurement> measurements,
      List<Target.Outcome> outcomes,
      Report report)
      throws IOException {
    Files.createDirectories(charts);
    lines.add("# Benchmarks");
    lines.add("");
    lines.add(
        "Written by `benchmarks/run "
            + String.join(" ", arguments)
            + "`; what is measured and what the columns mean is told in"
            + " [benchmarks/README.md](../benchmarks/README.md).");
    if (!earlier.isEmpty()) {
      heading("Measured by");
      earlier.forEach(run -> lines.add("- `benchmarks/run " + run + "`"));
    }
    heading("Machine");
    machine
        .entrySet()
        .forEach(field -> lines.add("- " + field.getKey() + ": " + field.getValue().getAsString()));
    heading("Versions");
    new TreeSet<>(measurements.stream().flatMap(MarkdownReport::version).toList())
        .forEach(version -> lines.add("- " + version));
    if (!outcomes.isEmpty()) {
      heading("Targets");
      table(Target.table(outcomes));
    }
    heading("Figures");
    String workload = "";
    for (Report.Table table : report.tables()) {
      if (!table.workload().label().equals(workload)) {
        workload = table.workload().label();
        chart(table);
      }
      lines.add("");
      lines.add(table.title());
      lines.add("");
      table(table.rows());
    }
    Files.write(file, lines);
  }

  private static Stream<String> version(Measurement run) {
    return run.isFailed() || !run.json().has("peer")
        ? Stream.empty()
        : Stream.of(run.json().get("peer").getAsString());
  }

  private void heading(String words) {
    lines.add("");
    lines.add("## " + words);
    lines.add("");
  }

  private void table(List<List<String>> rows) {
    int columns = rows.getFirst().size();
    lines.add(row(rows.getFirst()));
    lines.add("|" + String.join("|", Collections.nCopies(columns, "---")) + "|");
    rows.subList(1, rows.size()).forEach(row -> lines.add(row(row)));
  }

  private static String row(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |";
  }

  /** Draws the medians of the first figure of a workload. */
  private void chart(Report.Table table) throws IOException {
    List<BarChart.Bar> bars = table.bars();
    if (bars.isEmpty()) {
      return;
    }
    String label = table.workload().label();
    Path picture = charts.resolve(label + ".svg");
    BarChart.draw(picture, table.title(), bars);
    lines.add("");
    lines.add("### " + label);
    lines.add("");
    lines.add(
        "![" + table.title() + "](" + charts.getFileName() + "/" + picture.getFileName() + ")");
  }
}
