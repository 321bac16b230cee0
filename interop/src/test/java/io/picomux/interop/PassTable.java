package io.picomux.interop;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;

/**
 * A table of what was tried and how it went: one row per case, one column per configuration, in the
 * order of their first mention. The words of a column's name stand below each other. Rows of
 * measured values may stand among the others. Safe for concurrent use.
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
  private final SequencedMap<String, Map<String, String>> rows = new LinkedHashMap<>();

  PassTable(String title) {
    this.title = title;
  }

  /** Gives a column its place, before anything is noted in it. */
  synchronized void addColumn(String column) {
    columns.add(column);
  }

  /** Gives a row its place, before anything is noted in it; an empty row is not shown. */
  synchronized void addRow(String row) {
    cells(row);
  }

  /** Notes a measured value. */
  synchronized void measure(String row, String column, String value) {
    columns.add(column);
    cells(row).put(column, value);
  }

  /** Notes a result; a failure stands whatever else is noted for the same cell. */
  synchronized void note(String row, String column, Result result) {
    columns.add(column);
    cells(row).merge(column, result.cell, (old, next) -> old.equals(Result.FAIL.cell) ? old : next);
  }

  /** The table as text, columns aligned. */
  synchronized String format() {
    SequencedMap<String, Map<String, String>> shown = new LinkedHashMap<>(rows);
    shown.values().removeIf(Map::isEmpty);
    int nameWidth = title.length();
    for (String row : shown.keySet()) {
      nameWidth = Math.max(nameWidth, row.length());
    }
    StringBuilder text = new StringBuilder();
    appendHeader(text, nameWidth);
    for (Map.Entry<String, Map<String, String>> row : shown.entrySet()) {
      StringBuilder line = new StringBuilder(pad(row.getKey(), nameWidth));
      for (String column : columns) {
        String cell = row.getValue().getOrDefault(column, UNTRIED);
        line.append("  ").append(pad(cell, width(column)));
      }
      appendLine(text, line);
    }
    return text.toString();
  }

  private Map<String, String> cells(String row) {
    return rows.computeIfAbsent(row, name -> new LinkedHashMap<>());
  }

  private void appendHeader(StringBuilder text, int nameWidth) {
    int lines = columns.stream().mapToInt(column -> words(column).size()).max().orElse(1);
    for (int i = 0; i < lines; i++) {
      StringBuilder line = new StringBuilder(pad(i == 0 ? title : "", nameWidth));
      for (String column : columns) {
        String word = i < words(column).size() ? words(column).get(i) : "";
        line.append("  ").append(pad(word, width(column)));
      }
      appendLine(text, line);
    }
  }

  private static List<String> words(String column) {
    return List.of(column.split(" ", -1));
  }

  private static int width(String column) {
    int width = Result.PASS.cell.length();
    for (String word : words(column)) {
      width = Math.max(width, word.length());
    }
    return width;
  }

  private static void appendLine(StringBuilder text, StringBuilder line) {
    text.append(line.toString().stripTrailing()).append('\n');
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
