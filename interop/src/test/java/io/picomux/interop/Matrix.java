package io.picomux.interop;

/** The table of passes of this run. Safe for concurrent use. */
final class Matrix {

  private static final PassTable TABLE = new PassTable("crate / connects / opens (J Java, R Rust)");

  static {
    for (CrateVersion version : CrateVersion.values()) {
      for (Side connects : Side.values()) {
        for (Side opens : Side.values()) {
          TABLE.addColumn(new Combination(version, connects, opens, Engine.CHANNEL).column());
        }
      }
    }
    for (Case row : Case.values()) {
      for (Engine engine : Engine.values()) {
        TABLE.addRow(row.title() + engine.suffix());
        if (row.measured() != null) {
          TABLE.addRow(measuredRow(row, engine));
        }
      }
    }
  }

  private Matrix() {}

  static void notePass(Case row, Combination combination) {
    note(row, combination, PassTable.Result.PASS);
  }

  static void noteFailure(Case row, Combination combination) {
    note(row, combination, PassTable.Result.FAIL);
  }

  static void noteNotApplicable(Case row, Combination combination) {
    note(row, combination, PassTable.Result.NOT_APPLICABLE);
  }

  /** Notes a number that tells how it went, without judging it. */
  static void measure(Case row, Combination combination, String value) {
    TABLE.measure(measuredRow(row, combination.engine()), combination.column(), value);
  }

  /** The table as text. */
  static String format() {
    return TABLE.format();
  }

  private static void note(Case row, Combination combination, PassTable.Result result) {
    TABLE.note(row.title() + combination.engine().suffix(), combination.column(), result);
  }

  private static String measuredRow(Case row, Engine engine) {
    return "  " + row.measured() + engine.suffix();
  }
}
