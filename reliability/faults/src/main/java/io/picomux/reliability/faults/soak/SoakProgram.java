package io.picomux.reliability.faults.soak;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The soak as a program: the run, and the two processes that it starts. */
@Command(
    name = "soak",
    description = "Everything at once, for hours.",
    subcommands = {SoakRun.class, SoakServer.class, SoakClient.class})
public final class SoakProgram {
  private SoakProgram() {}

  /** Runs the program. */
  public static void main(String[] args) {
    System.exit(execute(args));
  }

  static int execute(String... args) {
    return new CommandLine(new SoakProgram()).execute(args);
  }
}
