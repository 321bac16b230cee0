package io.picomux.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The table of what was measured: for each workload and figure a line for each peer. Immutable. */
final class Report {
  private static final String NOTHING = "-";

  private final List<Workload> workloads;
  private final List<String> peers;
  private final List<String> references;
  private final List<String> rivals;
  private final Comparison comparison;
  private final Function<ScenarioKind, List<Figure>> figures;

  /**
   * Takes what was measured, and what to show.
   *
   * @param peers the peers in the order of the lines
   * @param measurements what was measured
   * @param figures what is shown of a scenario
   */
  Report(
      List<Workload> workloads,
      List<PeerCommand> peers,
      List<Measurement> measurements,
      Function<ScenarioKind, List<Figure>> figures) {
    this.figures = figures;
    this.workloads = List.copyOf(workloads);
    this.peers = peers.stream().map(PeerCommand::name).toList();
    this.references = PeerRegistry.REFERENCES.stream().filter(this.peers::contains).toList();
    this.rivals =
        peers.stream().filter(peer -> peer.role() == Role.RIVAL).map(PeerCommand::name).toList();
    this.comparison = new Comparison(measurements);
  }

  /** A table with what stands above it. */
  record Table(Workload workload, Figure figure, List<List<String>> rows, List<BarChart.Bar> bars) {
    String title() {
      return workload.label()
          + " "
          + figure.name()
          + " ("
          + (figure.isHigherBetter() ? "higher" : "lower")
          + " is better)";
    }
  }

  /** Returns all tables. */
  List<Table> tables() {
    List<Table> tables = new ArrayList<>();
    for (Workload workload : workloads) {
      for (Figure figure : figures.apply(workload.scenario())) {
        tables.add(new Table(workload, figure, rows(workload, figure), bars(workload, figure)));
      }
    }
    return tables;
  }

  /** Returns the lines of all tables. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Table table : tables()) {
      lines.add("");
      lines.add(table.title());
      lines.addAll(Columns.align(table.rows()));
    }
    return lines;
  }

  private List<BarChart.Bar> bars(Workload workload, Figure figure) {
    List<BarChart.Bar> bars = new ArrayList<>();
    for (String peer : peers) {
      comparison
          .spread(workload.label(), peer, figure.name())
          .ifPresent(spread -> bars.add(new BarChart.Bar(peer, spread.median())));
    }
    return bars;
  }

  private List<List<String>> rows(Workload workload, Figure figure) {
    List<List<String>> rows = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("peer", "runs", "median", "min", "max"));
    references.forEach(reference -> head.add("ratio to " + reference));
    if (!rivals.isEmpty()) {
      head.add("to the best other multiplexer");
    }
    rows.add(head);
    for (String peer : peers) {
      rows.add(row(workload.label(), figure, peer));
    }
    return rows;
  }

  private List<String> row(String workload, Figure figure, String peer) {
    int good = comparison.values(workload, peer, figure.name()).size();
    int all = comparison.runs(workload, peer).size();
    List<String> row = new ArrayList<>(List.of(peer, good + "/" + all));
    Optional<Spread> spread = comparison.spread(workload, peer, figure.name());
    row.add(spread.map(of -> number(of.median())).orElse(NOTHING));
    row.add(spread.map(of -> number(of.min())).orElse(NOTHING));
    row.add(spread.map(of -> number(of.max())).orElse(NOTHING));
    references.forEach(reference -> row.add(ratio(workload, peer, reference, figure)));
    if (!rivals.isEmpty()) {
      row.add(
          comparison
              .best(workload, rivals, figure)
              .map(best ->
                  peer.equals(best) ? NOTHING : ratio(workload, peer, best, figure) + " " + best)
              .orElse(NOTHING));
    }
    return row;
  }

  private String ratio(String workload, String peer, String reference, Figure figure) {
    return peer.equals(reference)
        ? NOTHING
        : comparison
            .ratio(workload, peer, reference, figure.name())
            .map(Ratio::toString)
            .orElse(NOTHING);
  }

  /** Returns a number with three digits or more. */
  static String number(double value) {
    int decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
