package io.picomux.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;

/** The table of what was measured: for each workload and figure a line for each peer. Immutable. */
final class Report {
  private static final String NOTHING = "-";

  private final List<Workload> workloads;
  private final List<String> peers;
  private final List<String> references;
  private final List<Measurement> measurements;
  private final Function<ScenarioKind, List<Figure>> figures;

  /**
   * Takes what was measured.
   *
   * @param peers the names of the peers in the order of the lines
   * @param references the names of the peers that the others are compared with
   */
  Report(
      List<Workload> workloads,
      List<String> peers,
      List<String> references,
      List<Measurement> measurements) {
    this(workloads, peers, references, measurements, ScenarioKind::figures);
  }

  /**
   * Takes what was measured, and what to show.
   *
   * @param figures what is shown of a scenario; a figure that no run has is left out
   */
  Report(
      List<Workload> workloads,
      List<String> peers,
      List<String> references,
      List<Measurement> measurements,
      Function<ScenarioKind, List<Figure>> figures) {
    this.figures = figures;
    this.workloads = List.copyOf(workloads);
    this.peers = List.copyOf(peers);
    this.references = references.stream().filter(peers::contains).toList();
    this.measurements = List.copyOf(measurements);
  }

  /** Returns the lines of all tables. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Workload workload : workloads) {
      for (Figure figure : figures.apply(workload.scenario())) {
        lines.add("");
        lines.add(
            workload.label()
                + " "
                + figure.name()
                + " ("
                + (figure.isHigherBetter() ? "higher" : "lower")
                + " is better)");
        lines.addAll(Columns.align(rows(workload, figure)));
      }
    }
    return lines;
  }

  private List<List<String>> rows(Workload workload, Figure figure) {
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("peer", "runs", "median", "min", "max"));
    references.forEach(reference -> head.add("ratio to " + reference));
    rows.add(head);
    for (String peer : peers) {
      rows.add(row(workload, figure, peer));
    }
    return rows;
  }

  private List<String> row(Workload workload, Figure figure, String peer) {
    List<Measurement> runs = runs(workload, peer);
    List<Double> values = new ArrayList<>();
    for (Measurement run : runs) {
      run.figure(figure.name()).ifPresent(values::add);
    }
    List<String> row = new ArrayList<>(List.of(peer, values.size() + "/" + runs.size()));
    if (values.isEmpty()) {
      row.addAll(List.of(NOTHING, NOTHING, NOTHING));
    } else {
      Spread spread = Spread.of(values);
      row.add(number(spread.median()));
      row.add(number(spread.min()));
      row.add(number(spread.max()));
    }
    for (String reference : references) {
      row.add(peer.equals(reference) ? NOTHING : ratio(runs, runs(workload, reference), figure));
    }
    return row;
  }

  private List<Measurement> runs(Workload workload, String peer) {
    return measurements.stream()
        .filter(run -> run.workload().equals(workload.label()) && run.peer().equals(peer))
        .toList();
  }

  /** Compares the rounds in which both have a value above zero. */
  private static String ratio(
      List<Measurement> runs, List<Measurement> referenceRuns, Figure figure) {
    List<Ratio.Pair> pairs = new ArrayList<>();
    for (Measurement run : runs) {
      for (Measurement other : referenceRuns) {
        OptionalDouble value = run.figure(figure.name());
        OptionalDouble reference = other.figure(figure.name());
        if (run.round() == other.round() && value.orElse(0) > 0 && reference.orElse(0) > 0) {
          pairs.add(new Ratio.Pair(value.getAsDouble(), reference.getAsDouble()));
        }
      }
    }
    if (pairs.isEmpty()) {
      return NOTHING;
    }
    Ratio ratio = Ratio.of(pairs);
    return ratio.hasInterval()
        ? String.format(Locale.ROOT, "%.2f [%.2f, %.2f]", ratio.mean(), ratio.low(), ratio.high())
        : String.format(Locale.ROOT, "%.2f", ratio.mean());
  }

  /** Returns a number with three digits or more. */
  private static String number(double value) {
    int decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
