package io.picomux.cli.common;

import io.picomux.FrameListener;
import java.io.PrintWriter;
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

  /** Whether details were asked for. */
  public boolean verbose() {
    return verbose;
  }

  /** Lets the library log as much as was asked for. To be called before it is used. */
  public void apply() {
    StderrLoggers.setVerbose(verbose);
  }

  /** Prints the frames of a session on standard error; empty unless asked for. */
  public Optional<FrameListener> frameListener() {
    if (!frames) {
      return Optional.empty();
    }
    PrintWriter err = command.commandLine().getErr();
    return Optional.of((outgoing, type, streamId, bodyBytes) ->
        err.println(frameLine(outgoing, type.name(), streamId, bodyBytes)));
  }

  /** A frame as one line, in the manner of okcurl: {@code << 0x0000000f 12 PSH}. */
  static String frameLine(boolean outgoing, String command, int streamId, int bodyBytes) {
    return String.format("%s 0x%08x %5d %s", outgoing ? ">>" : "<<", streamId, bodyBytes, command);
  }
}
