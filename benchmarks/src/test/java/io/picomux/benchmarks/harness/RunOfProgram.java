package io.picomux.benchmarks.harness;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a measuring program in the calling thread and keeps what it prints. Not thread-safe. */
final class RunOfProgram {
  private final Program program;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  RunOfProgram(Program program) {
    this.program = program;
  }

  /** The entry point of a program; returns its exit code. */
  interface Program {
    int run(String[] args, PrintWriter out, PrintWriter err);
  }

  /** Runs it with a folder for its results; returns its exit code. */
  int run(Path results, String... arguments) {
    List<String> all = new ArrayList<>(List.of("--results", results.toString()));
    all.addAll(List.of(arguments));
    return program.run(
        all.toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }
}
