package io.picomux.benchmarks.harness;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What runs have measured before, from the files that they left. */
final class EarlierRuns {
  /** More than any run has, so that rounds of different runs are never taken for the same. */
  private static final int ROUNDS_OF_A_RUN = 1_000_000;

  private EarlierRuns() {}

  /** The name of what a run was called with, in the first line of its file. */
  static final String ARGUMENTS = "arguments";

  /** Returns what each of the runs was called with, as far as their files tell. */
  static List<String> arguments(List<Path> files) throws IOException {
    List<String> arguments = new ArrayList<>();
    for (Path file : files) {
      List<String> lines = Files.readAllLines(file);
      if (!lines.isEmpty()
          && JsonParser.parseString(lines.getFirst()) instanceof JsonObject header
          && header.has(ARGUMENTS)) {
        arguments.add(header.get(ARGUMENTS).getAsString());
      }
    }
    return arguments;
  }

  /**
   * Reads what was measured; rounds are numbered anew, for only what was measured by turns can be
   * compared.
   *
   * @throws IllegalArgumentException when something in a file is no measurement; the message tells
   *     where
   */
  static List<Measurement> read(List<Path> files) throws IOException {
    List<Measurement> measurements = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      List<String> lines = Files.readAllLines(files.get(i));
      // The first one describes the machine.
      for (int line = 1; line < lines.size(); line++) {
        try {
          Measurement read = Measurement.ofLine(lines.get(line));
          measurements.add(
              new Measurement(
                  read.workload(),
                  read.peer(),
                  read.round() + (i + 1) * ROUNDS_OF_A_RUN,
                  read.json()));
        } catch (JsonParseException | IllegalStateException e) {
          throw new IllegalArgumentException(
              "--with is '" + files.get(i) + "', whose line " + (line + 1) + " is no measurement",
              e);
        }
      }
    }
    return measurements;
  }
}
