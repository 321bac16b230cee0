package io.picomux.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that has to be reached: a figure of a peer, or its ratio to another peer.
 *
 * @param what what it is about, for the reader
 * @param reference what the figure is divided by: a peer, {@link #BEST_OTHER}, a workload of the
 *     same peer after {@link #WORKLOAD}, or nothing
 */
record Target(
    String what,
    String workload,
    String figure,
    String peer,
    String reference,
    Bound bound,
    double value) {
  private static final String BEST_OTHER = "best other";
  private static final String WORKLOAD = "workload ";
  private static final int COLUMNS = 7;

  /** On which side of the value it has to be. */
  enum Bound {
    AT_LEAST("at least"),
    AT_MOST("at most");

    private final String words;

    Bound(String words) {
      this.words = words;
    }

    static Bound of(String words) {
      for (Bound bound : values()) {
        if (bound.words.equals(words)) {
          return bound;
        }
      }
      throw new IllegalArgumentException("bound is '" + words + "', must be at least or at most");
    }
  }

  /** How it stands. */
  enum Verdict {
    REACHED("reached"),
    NOT_REACHED("not reached"),
    NOT_MEASURED("not measured");

    private final String words;

    Verdict(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /**
   * What was measured beside the target.
   *
   * @param measured the value with its interval or its ends
   */
  record Outcome(Target target, String measured, Verdict verdict) {}

  /**
   * Reads the lines of a file after its first, which names the columns.
   *
   * @throws IOException when the file cannot be read or a line is wrong; the message shows it
   */
  static List<Target> read(Path file) throws IOException {
    List<Target> targets = new ArrayList<>();
    List<String> lines = Files.readAllLines(file);
    for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
      try {
        targets.add(parse(line));
      } catch (IllegalArgumentException e) {
        throw new IOException(file + " has the line '" + line + "': " + e.getMessage(), e);
      }
    }
    return targets;
  }

  private static Target parse(String line) {
    String[] words = line.split(",", -1);
    if (words.length != COLUMNS) {
      throw new IllegalArgumentException("it has " + words.length + " columns, must be " + COLUMNS);
    }
    return new Target(
        words[0],
        words[1],
        words[2],
        words[3],
        words[4],
        Bound.of(words[5]),
        Double.parseDouble(words[6]));
  }

  /** Returns what has to be reached, in words. */
  String demand() {
    String number = String.format(Locale.ROOT, "%s %s", bound.words, value);
    return reference.isEmpty() ? number : number + " × " + reference;
  }

  /**
   * Judges it: what counts is the geometric mean of the ratios of the rounds, or the median where
   * nothing is compared.
   *
   * @param rivals the peers of which the best is meant by {@link #BEST_OTHER}
   */
  Outcome judge(Comparison comparison, Collection<String> rivals) {
    if (reference.isEmpty()) {
      return comparison
          .spread(workload, peer, figure)
          .map(spread -> outcome(spread.median(), words(spread)))
          .orElseGet(this::notMeasured);
    }
    if (reference.startsWith(WORKLOAD)) {
      String other = reference.substring(WORKLOAD.length());
      return comparison
          .ratioOfWorkloads(workload, other, peer, figure)
          .map(ratio -> outcome(ratio.mean(), ratio.toString()))
          .orElseGet(this::notMeasured);
    }
    boolean isBest = reference.equals(BEST_OTHER);
    Figure compared = new Figure(figure, bound == Bound.AT_LEAST);
    Optional<String> other =
        isBest ? comparison.best(workload, rivals, compared) : Optional.of(reference);
    return other
        .flatMap(name ->
            comparison
                .ratio(workload, peer, name, figure)
                .map(
                    ratio -> outcome(ratio.mean(), isBest ? ratio + " " + name : ratio.toString())))
        .orElseGet(this::notMeasured);
  }

  private static String words(Spread spread) {
    return Report.number(spread.median())
        + " ("
        + Report.number(spread.min())
        + " to "
        + Report.number(spread.max())
        + ")";
  }

  private Outcome outcome(double measured, String words) {
    boolean isReached = bound == Bound.AT_LEAST ? measured >= value : measured <= value;
    return new Outcome(this, words, isReached ? Verdict.REACHED : Verdict.NOT_REACHED);
  }

  private Outcome notMeasured() {
    return new Outcome(this, "-", Verdict.NOT_MEASURED);
  }

  /** Returns a table of how all of them stand. */
  static List<List<String>> table(List<Outcome> outcomes) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("what", "peer", "must be", "measured", "verdict"));
    for (Outcome outcome : outcomes) {
      Target target = outcome.target();
      rows.add(
          List.of(
              target.what(),
              target.peer(),
              target.demand(),
              outcome.measured(),
              outcome.verdict().toString()));
    }
    return rows;
  }
}
