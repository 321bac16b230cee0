package io.picomux.reliability.models;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model in Promela with the runs that must find no error and the mutants in which one must be
 * found. Both stand in the text itself, so that there is one copy of it: {@code @run NAME} lines
 * list the runs, and a line that ends with {@code @mutant NAME RUN: REPLACEMENT} (each in a comment
 * of its own) has the replacement in its place in that mutant. Immutable.
 *
 * @param name the file's name without its ending
 */
public record Model(String name, String text, List<Run> runs, List<Mutant> mutants) {
  /** The run that checks assertions and looks for states from which nothing goes on. */
  static final String SAFETY = "safety";

  /** The run that looks for a cycle: without one, every execution of the model is finite. */
  static final String PROGRESS = "progress";

  private static final Pattern RUN = Pattern.compile("^/\\*@run (\\w+)( fair)? \\*/$");
  private static final Pattern MUTANT =
      Pattern.compile("^(.*\\S) */\\*@mutant ([\\w-]+) (\\w+): (.*) \\*/$");

  /**
   * One search through all states of a model.
   *
   * @param name {@link #SAFETY}, {@link #PROGRESS}, or the LTL formula that is checked
   * @param fair whether every process that can go on for ever does so at last
   */
  public record Run(String name, boolean fair) {}

  /**
   * The model with one line changed.
   *
   * @param run the run that must find an error
   */
  public record Mutant(String name, Run run, String text) {}

  /** Reads all models of a folder, by name. */
  public static List<Model> readAll(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.pml")) {
      found.forEach(files::add);
    }
    files.sort(null);
    List<Model> models = new ArrayList<>();
    for (Path file : files) {
      String name = file.getFileName().toString().replaceFirst("\\.pml$", "");
      models.add(parse(name, Files.readString(file)));
    }
    return models;
  }

  /**
   * Takes a text apart.
   *
   * @throws IllegalArgumentException when it has no run, or a mark that is not understood
   */
  static Model parse(String name, String text) {
    List<String> lines = text.lines().toList();
    List<Run> runs = new ArrayList<>();
    for (String line : lines) {
      Matcher run = RUN.matcher(line);
      if (run.matches()) {
        runs.add(new Run(run.group(1), run.group(2) != null));
      }
    }
    if (runs.isEmpty()) {
      throw new IllegalArgumentException(name + ": no line /*@run NAME */");
    }
    List<Mutant> mutants = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      Matcher mark = MUTANT.matcher(line);
      if (mark.matches()) {
        List<String> changed = new ArrayList<>(lines);
        changed.set(i, mark.group(4));
        Run run = runNamed(name, runs, mark.group(3));
        mutants.add(new Mutant(mark.group(2), run, String.join("\n", changed) + "\n"));
      } else if (line.contains("/*@") && !RUN.matcher(line).matches()) {
        throw new IllegalArgumentException(name + ", line " + (i + 1) + ": unknown mark: " + line);
      }
    }
    return new Model(name, text, List.copyOf(runs), List.copyOf(mutants));
  }

  private static Run runNamed(String model, List<Run> runs, String name) {
    return runs.stream()
        .filter(run -> run.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(model + ": no run named " + name));
  }
}
