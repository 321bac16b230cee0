package io.picomux.reliability.models;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs Spin on a text: Spin writes a program in C that searches the states of the model, the C
 * compiler translates it, and it runs in a folder of its own, which keeps the error trail. Safe for
 * concurrent use with different folders.
 */
public final class ModelChecker {
  /**
   * The memory that a search may take, in MiB: three times what the largest model needs, so that
   * one that has grown says so before the machine runs out of memory.
   */
  private static final int MEMORY_MIB = 2048;

  /** The longest path of states that is followed; the longest of the models is below 100,000. */
  private static final int MAX_DEPTH = 2_000_000;

  /** How long one step may take: many times what the slowest took on two busy cores. */
  private static final long STEP_SECONDS = 300;

  private static final Pattern STATES = Pattern.compile("(\\S+) states, stored");
  private static final Pattern ERRORS = Pattern.compile("errors: (\\d+)");
  private static final Pattern FINDING = Pattern.compile("^pan:\\d+: (.*?)( \\(at depth .*)?$");

  private final Path folder;

  /** Creates a checker that works in a folder; what is there is overwritten. */
  public ModelChecker(Path folder) {
    this.folder = folder;
  }

  /** Returns the programs that are missing on this machine, or an empty list. */
  public static List<String> missingPrograms() {
    return List.of("spin", "gcc").stream().filter(program -> !isOnPath(program)).toList();
  }

  private static boolean isOnPath(String program) {
    String path = System.getenv("PATH");
    for (String entry : path == null ? new String[0] : path.split(File.pathSeparator, -1)) {
      if (Files.isExecutable(Path.of(entry, program))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Searches all states, or until the first error.
   *
   * @throws IOException when a step fails for another reason than an error in the model's behaviour
   */
  public Verdict check(String text, Model.Run run) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("model.pml"), text);
    step("spin", "-a", "model.pml");
    step(compilation(run));
    String output = step(search(run));
    double seconds = (System.nanoTime() - begun) / 1e9;
    Matcher states = STATES.matcher(output);
    Matcher errors = ERRORS.matcher(output);
    if (!states.find() || !errors.find()) {
      throw new IOException("the search in " + folder + " printed no result:\n" + output);
    }
    boolean complete =
        !output.contains("Search not completed") && !output.contains("max search depth too small");
    String finding = errors.group(1).equals("0") ? "" : findingIn(output);
    return new Verdict((long) Double.parseDouble(states.group(1)), complete, finding, seconds);
  }

  /** Without optimization: on these models it takes longer than it saves. */
  private static List<String> compilation(Model.Run run) {
    List<String> command =
        new ArrayList<>(List.of("gcc", "-O0", "-w", "-DMEMLIM=" + MEMORY_MIB, "-o", "pan"));
    switch (run.name()) {
      case Model.SAFETY -> command.addAll(List.of("-DSAFETY", "-DNOCLAIM"));
      case Model.PROGRESS -> command.addAll(List.of("-DNP", "-DNOCLAIM"));
      // The number of copies of the states that weak fairness needs, at least.
      default -> command.add("-DNFAIR=3");
    }
    command.add("pan.c");
    return command;
  }

  private static List<String> search(Model.Run run) {
    List<String> command = new ArrayList<>(List.of("./pan", "-m" + MAX_DEPTH));
    switch (run.name()) {
      case Model.SAFETY -> {}
      case Model.PROGRESS -> command.add("-l");
      default -> command.addAll(List.of("-a", "-N", run.name()));
    }
    if (run.fair()) {
      command.add("-f");
    }
    return command;
  }

  private static String findingIn(String output) {
    return output
        .lines()
        .map(FINDING::matcher)
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1))
        .findFirst()
        .orElse("an error without a name");
  }

  private String step(String... command) throws IOException, InterruptedException {
    return step(List.of(command));
  }

  /** Runs a command to its end and returns what it printed. */
  private String step(List<String> command) throws IOException, InterruptedException {
    Path log = folder.resolve(Path.of(command.getFirst()).getFileName() + ".log");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (!process.waitFor(STEP_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new IOException(
          String.join(" ", command) + " in " + folder + " took over " + STEP_SECONDS + " s");
    }
    String output = Files.readString(log);
    if (process.exitValue() != 0) {
      throw new IOException(
          String.join(" ", command)
              + " in "
              + folder
              + " ended with "
              + process.exitValue()
              + ":\n"
              + output);
    }
    return output;
  }
}
