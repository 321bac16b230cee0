package io.picomux.benchmarks.harness;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How our peers compared with raw connections in a run that counts, kept in a file. Immutable. */
final class StoredRatios {
  private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

  private final List<Entry> entries;

  private StoredRatios(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** A ratio with its interval and the median of the peer. */
  record Entry(
      String workload,
      String figure,
      boolean isHigherBetter,
      String peer,
      String reference,
      double median,
      double ratio,
      double low,
      double high) {

    private boolean isOfSame(Entry other) {
      return workload.equals(other.workload)
          && figure.equals(other.figure)
          && peer.equals(other.peer)
          && reference.equals(other.reference);
    }

    private String words() {
      return new Ratio(ratio, low, high).toString();
    }
  }

  /** Takes the ratios that have an interval; others tell nothing about a change. */
  static StoredRatios of(List<Workload> workloads, List<PeerCommand> peers, Comparison comparison) {
    List<Entry> entries = new ArrayList<>();
    for (Workload workload : workloads) {
      for (Figure figure : workload.scenario().figures()) {
        for (PeerCommand peer : peers) {
          if (peer.role() == Role.OURS) {
            PeerRegistry.REFERENCES.forEach(reference ->
                add(entries, workload.label(), figure, peer.name(), reference, comparison));
          }
        }
      }
    }
    return new StoredRatios(entries);
  }

  private static void add(
      List<Entry> entries,
      String workload,
      Figure figure,
      String peer,
      String reference,
      Comparison comparison) {
    comparison
        .ratio(workload, peer, reference, figure.name())
        .filter(Ratio::hasInterval)
        .ifPresent(ratio ->
            entries.add(
                new Entry(
                    workload,
                    figure.name(),
                    figure.isHigherBetter(),
                    peer,
                    reference,
                    comparison.spread(workload, peer, figure.name()).orElseThrow().median(),
                    ratio.mean(),
                    ratio.low(),
                    ratio.high())));
  }

  static StoredRatios read(Path file) throws IOException {
    try {
      List<Entry> entries =
          GSON.fromJson(Files.readString(file), new TypeToken<List<Entry>>() {}.getType());
      return new StoredRatios(entries == null ? List.of() : entries);
    } catch (JsonParseException e) {
      throw new IOException(file + " holds no ratios: " + e.getMessage(), e);
    }
  }

  void write(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(file, GSON.toJson(entries) + "\n");
  }

  /**
   * Says what has changed since these were stored: where the two intervals do not touch.
   *
   * @return a line for each change, or one that says that there is none
   */
  List<String> changes(StoredRatios now) {
    List<String> lines = new ArrayList<>();
    int compared = 0;
    for (Entry later : now.entries) {
      for (Entry before : entries) {
        if (later.isOfSame(before)) {
          compared++;
          boolean isAbove = later.low > before.high;
          if (isAbove || later.high < before.low) {
            lines.add(line(before, later, isAbove == later.isHigherBetter));
          }
        }
      }
    }
    if (compared == 0) {
      return List.of("nothing of this is stored");
    }
    if (lines.isEmpty()) {
      lines.add("no change beyond the intervals in " + compared + " ratios");
    }
    return lines;
  }

  private static String line(Entry before, Entry later, boolean isBetter) {
    return String.format(
        Locale.ROOT,
        "%s: %s %s, %s to %s: %s, was %s",
        isBetter ? "better" : "worse",
        later.workload,
        later.figure,
        later.peer,
        later.reference,
        later.words(),
        before.words());
  }
}
