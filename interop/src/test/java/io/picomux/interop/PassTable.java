package io.picomux.interop;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;

/**
 * A table of what was tried and how it went: one row per case, one column per configuration, in the
 * order of their first mention. Safe for concurrent use.
 */
final class PassTable {

  /** How a case went in one configuration. */
  enum Result {
    PASS("pass"),
    FAIL("FAIL"),

    /** The case does not exist for this configuration. */
    NOT_APPLICABLE("-");

    private final String cell;

    Result(String cell) {
      this.cell = cell;
    }
  }

  /** What stands where a case has not been tried. */
  private static final String UNTRIED = "";

  private final String title;
  private final SequencedSet<String> columns = new LinkedHashSet<>();
  private final SequencedMap<String, Map<String, Result>> rows = new LinkedHashMap<>();

  PassTable(String title) {
    this.title = title;
  }

  /** Notes a result; a failure stands whatever else is noted for the same cell. */
  synchronized void note(String row, String column, Result result) {
    columns.add(column);
    rows.computeIfAbsent(row, name -> new LinkedHashMap<>())
        .merge(column, result, (old, next) -> old == Result.FAIL ? old : next);
  }

  /** The table as text, one line per row, columns aligned. */
  synchronized String format() {
    int nameWidth = title.length();
    for (String row : rows.keySet()) {
      nameWidth = Math.max(nameWidth, row.length());
    }
    StringBuilder text = new StringBuilder(pad(title, nameWidth));
    columns.forEach(column -> text.append("  ").append(column));
    text.append('\n');
    int width = nameWidth;
    rows.forEach((row, results) -> appendRow(text, pad(row, width), results));
    return text.toString();
  }

  private void appendRow(StringBuilder text, String paddedName, Map<String, Result> results) {
    StringBuilder line = new StringBuilder(paddedName);
    for (String column : columns) {
      Result result = results.get(column);
      line.append("  ").append(pad(result == null ? UNTRIED : result.cell, column.length()));
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
