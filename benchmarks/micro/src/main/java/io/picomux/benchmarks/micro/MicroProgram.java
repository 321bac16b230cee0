package io.picomux.benchmarks.micro;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures parts of the core by themselves: what {@code benchmarks/run-micro} starts. */
@Command(
    name = "benchmarks/run-micro",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpWidth = 100,
    description = {
      "Measures parts of the core by themselves, with JMH: how many nanoseconds a frame takes, and how many"
          + " bytes of heap it allocates. Without a REGEX everything, about ten minutes.",
      "",
      "  benchmarks/run-micro --short            less than a minute: what has a change moved?",
      "  benchmarks/run-micro Decode Encode      what has one of these in its name",
      "  benchmarks/run-micro 'bulk$'            names are searched for regular expressions",
      "  benchmarks/run-micro --list Credit      shows the names that match",
      ""
    },
    footer = {
      "",
      "The table goes to standard output, JMH's progress to standard error, and all figures as JSON into the"
          + " folder of results. Let nothing else run on the machine meanwhile: it moves ns/frame, not"
          + " B/frame.",
      "",
      "Exit codes: 0 measured, 1 a benchmark failed, 2 wrong arguments, 3 something is missing or the"
          + " build failed."
    })
public final class MicroProgram implements Callable<Integer> {
  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final List<String> ALL = List.of("");

  @Parameters(paramLabel = "REGEX", description = "What to measure; default everything.")
  private List<String> regexes = List.of();

  @Option(
      names = "--short",
      description = {
        "Less than a minute for everything: one JVM for each benchmark instead of",
        "three, and iterations of 0.15 s instead of 1 s."
      })
  private boolean isShort;

  @Option(names = "--list", description = "Print the names of what would be measured, and exit.")
  private boolean isList;

  @Option(
      names = "--results",
      paramLabel = "FOLDER",
      defaultValue = "results",
      description = "Where the file with all figures goes.")
  private Path results;

  @Spec private CommandSpec command;

  private final Effort full;
  private final PrintStream progress;

  /**
   * Creates the program.
   *
   * @param full how much is measured unless --short is given
   * @param progress where JMH tells how far it is
   */
  MicroProgram(Effort full, PrintStream progress) {
    this.full = full;
    this.progress = progress;
  }

  /** Runs the program and ends the process with its exit code. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, /* autoFlush= */ true, Charset.defaultCharset());
    PrintWriter err = new PrintWriter(System.err, /* autoFlush= */ true, Charset.defaultCharset());
    System.exit(new MicroProgram(Effort.FULL, System.err).run(args, out, err));
  }

  /** Runs the program in the calling thread; returns the exit code. */
  int run(String[] args, PrintWriter out, PrintWriter err) {
    return new CommandLine(this)
        .setOut(out)
        .setErr(err)
        .setParameterExceptionHandler(MicroProgram::explain)
        .execute(args);
  }

  /** In a sentence: the whole help would hide it. */
  private static int explain(ParameterException e, String[] args) {
    e.getCommandLine()
        .getErr()
        .println("run-micro: " + e.getMessage() + "; benchmarks/run-micro --help explains");
    return CommandLine.ExitCode.USAGE;
  }

  @Override
  public Integer call() throws IOException {
    MicroRun run = new MicroRun(progress);
    List<String> wanted = regexes.isEmpty() ? ALL : regexes;
    List<String> names = wanted.stream().flatMap(regex -> matched(run, regex).stream()).toList();
    PrintWriter out = command.commandLine().getOut();
    if (isList) {
      names.stream().distinct().sorted().map(ResultTable::name).forEach(out::println);
      return OK;
    }
    Path file = resultFile();
    Collection<RunResult> measured;
    try {
      measured = run.run(wanted, isShort ? Effort.SHORT : full, file);
    } catch (RunnerException e) {
      command.commandLine().getErr().println("run-micro: " + reason(e));
      return FAILED;
    }
    ResultTable.lines(measured).forEach(out::println);
    out.println();
    out.println("All figures: " + file);
    return OK;
  }

  private static String reason(RunnerException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("JMH lock")
        ? "JMH measures elsewhere on this machine; try again when it has ended"
        : "not everything was measured, the progress says what failed: " + message;
  }

  /** Returns the names of the benchmarks that an argument asks for, at least one. */
  private List<String> matched(MicroRun run, String regex) {
    try {
      Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      throw wrong(regex, "is no regular expression (" + e.getDescription() + ")");
    }
    List<String> names = run.names(regex);
    if (names.isEmpty()) {
      throw wrong(regex, "occurs in no name");
    }
    return names;
  }

  /** Returns a file for the figures that is named after the time. */
  private Path resultFile() throws IOException {
    String begun = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString().replace(":", "");
    return Files.createDirectories(results).resolve(begun + ".json");
  }

  private ParameterException wrong(String regex, String reason) {
    return new ParameterException(
        command.commandLine(),
        "benchmark is '" + regex + "', which " + reason + ": --list shows them all");
  }
}
