package io.picomux.benchmarks.harness;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Compares peers by what was measured of them. Immutable. */
final class Comparison {
  private final List<Measurement> measurements;

  Comparison(List<Measurement> measurements) {
    this.measurements = List.copyOf(measurements);
  }

  /** Returns the runs of a peer, those that failed too. */
  List<Measurement> runs(String workload, String peer) {
    return measurements.stream()
        .filter(run -> run.workload().equals(workload) && run.peer().equals(peer))
        .toList();
  }

  /** Returns a figure of every run of a peer that has it. */
  List<Double> values(String workload, String peer, String figure) {
    return runs(workload, peer).stream()
        .map(run -> run.figure(figure))
        .flatMap(value -> value.stream().boxed())
        .toList();
  }

  Optional<Spread> spread(String workload, String peer, String figure) {
    List<Double> values = values(workload, peer, figure);
    return values.isEmpty() ? Optional.empty() : Optional.of(Spread.of(values));
  }

  /** Compares two peers by the rounds in which both have a value above zero. */
  Optional<Ratio> ratio(String workload, String peer, String reference, String figure) {
    return ratio(runs(workload, peer), runs(workload, reference), figure);
  }

  /** Compares two workloads of a peer likewise. */
  Optional<Ratio> ratioOfWorkloads(String workload, String other, String peer, String figure) {
    return ratio(runs(workload, peer), runs(other, peer), figure);
  }

  private static Optional<Ratio> ratio(
      List<Measurement> runs, List<Measurement> others, String figure) {
    List<Ratio.Pair> pairs = new ArrayList<>();
    for (Measurement run : runs) {
      for (Measurement other : others) {
        OptionalDouble value = run.figure(figure);
        OptionalDouble otherValue = other.figure(figure);
        if (run.round() == other.round() && value.orElse(0) > 0 && otherValue.orElse(0) > 0) {
          pairs.add(new Ratio.Pair(value.getAsDouble(), otherValue.getAsDouble()));
        }
      }
    }
    return pairs.isEmpty() ? Optional.empty() : Optional.of(Ratio.of(pairs));
  }

  /** Returns the peer with the best median of a figure. */
  Optional<String> best(String workload, Collection<String> peers, Figure figure) {
    Comparator<String> byMedian =
        Comparator.comparingDouble(
            peer -> spread(workload, peer, figure.name()).map(Spread::median).orElseThrow());
    return peers.stream()
        .filter(peer -> spread(workload, peer, figure.name()).isPresent())
        .max(figure.isHigherBetter() ? byMedian : byMedian.reversed());
  }
}
