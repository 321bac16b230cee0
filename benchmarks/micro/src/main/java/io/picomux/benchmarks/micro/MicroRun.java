package io.picomux.benchmarks.micro;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** One run of JMH: what is measured, how much, and where it writes. */
final class MicroRun {
  /** The same on every machine: which collector a JVM takes by itself depends on the machine. */
  private static final String[] JVM_FLAGS = {"-XX:+UseG1GC", "-Xms512m", "-Xmx512m"};

  private final OutputFormat progress;

  /**
   * Creates a run.
   *
   * @param progress where JMH tells how far it is
   */
  MicroRun(PrintStream progress) {
    this.progress = OutputFormatFactory.createFormatInstance(progress, VerboseMode.NORMAL);
  }

  /** Returns the names of the benchmarks in which a regular expression occurs. */
  List<String> names(String regex) {
    List<String> names = new ArrayList<>();
    for (BenchmarkListEntry entry :
        BenchmarkList.defaultList().find(progress, List.of(regex), List.of())) {
      names.add(entry.getUsername());
    }
    return names;
  }

  /**
   * Measures the benchmarks in which one of the regular expressions occurs.
   *
   * @param json the file that gets all figures
   * @throws RunnerException when a benchmark fails, or when JMH runs elsewhere on the machine
   */
  Collection<RunResult> run(List<String> regexes, Effort effort, Path json) throws RunnerException {
    OptionsBuilder options = new OptionsBuilder();
    regexes.forEach(options::include);
    TimeValue iteration = TimeValue.milliseconds(effort.iterationMillis());
    options
        .forks(effort.forks())
        .warmupIterations(effort.warmups())
        .warmupTime(iteration)
        .measurementIterations(effort.iterations())
        .measurementTime(iteration)
        .jvmArgsAppend(JVM_FLAGS)
        .addProfiler(GCProfiler.class)
        .shouldFailOnError(true)
        .resultFormat(ResultFormatType.JSON)
        .result(json.toString());
    return new Runner(options, progress).run();
  }
}
