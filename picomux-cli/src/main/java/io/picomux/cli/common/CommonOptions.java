package io.picomux.cli.common;

import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options that every command has. */
public final class CommonOptions {

  @Spec(Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = {"-v", "--verbose"},
      description = "Tell details on standard error; stack traces too.")
  private boolean verbose;

  @Option(
      names = "--frames",
      description = {
        "Print a line for each frame on standard error:",
        "<< received or >> sent, stream, bytes, command."
      })
  private boolean frames;

  /** Made by picocli. */
  public CommonOptions() {}

  /** Lets the library log as much as was asked for. To be called before it is used. */
  public void apply() {
    StderrLoggers.setVerbose(verbose);
  }

  /** Prints the frames of sessions on standard error, if that was asked for. */
  public FrameLog openFrameLog() {
    return new FrameLog(frames ? Optional.of(command.commandLine().getErr()) : Optional.empty());
  }
}
