package io.picomux.benchmarks.peer;

import io.picomux.benchmarks.link.PeerKind;
import io.picomux.benchmarks.scenario.Scenario;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;

/**
 * A peer of the benchmarks: {@code PEER server --port P} or {@code PEER client --port P SCENARIO}.
 * Programs for other multiplexers have the same command line after their own name.
 */
@Command(
    name = "peer",
    mixinStandardHelpOptions = true,
    description = "Serves or runs the scenarios of the benchmarks.",
    subcommands = {ServerCommand.class, ClientCommand.class})
public final class PeerProgram {

  /** What the program exits with when it did what it was asked for. */
  static final int OK = 0;

  /** What the program exits with when a run failed; the message says why. */
  static final int FAILED = 1;

  @Parameters(
      index = "0",
      paramLabel = "PEER",
      description = "One of the peers of this program, such as picomux, picomux-callbacks or raw.",
      converter = KindConverter.class)
  private PeerKind kind;

  /** Made by picocli. */
  private PeerProgram() {}

  /** Runs the program and ends the process with its exit code. */
  public static void main(String[] args) {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
    PrintWriter out = new PrintWriter(System.out, /* autoFlush= */ true, Charset.defaultCharset());
    PrintWriter err = new PrintWriter(System.err, /* autoFlush= */ true, Charset.defaultCharset());
    System.exit(run(args, in, out, err, () -> Runtime.getRuntime().halt(FAILED)));
  }

  /**
   * Runs the program in the calling thread.
   *
   * @param in what a client of the idle scenario waits for
   * @param onLimit ends a run that has taken too long
   * @return the exit code: 0 done, 1 failed, 2 wrong arguments
   */
  public static int run(
      String[] args, BufferedReader in, PrintWriter out, PrintWriter err, Runnable onLimit) {
    PeerProgram program = new PeerProgram();
    return new CommandLine(program)
        .setOut(out)
        .setErr(err)
        .setExecutionStrategy(parsed -> {
          Integer help = CommandLine.executeHelpRequest(parsed);
          return help != null
              ? help
              : program.execute(parsed, new Environment(in, out, err, onLimit));
        })
        .setExecutionExceptionHandler((e, command, parsed) -> {
          err.println("peer " + program.kind + ": " + e);
          e.printStackTrace(err);
          return FAILED;
        })
        .execute(args);
  }

  private int execute(ParseResult parsed, Environment environment) {
    ParseResult chosen = parsed;
    while (chosen.hasSubcommand()) {
      chosen = chosen.subcommand();
    }
    CommandLine command = chosen.commandSpec().commandLine();
    Object chosenCommand = command.getCommand();
    try {
      if (chosenCommand instanceof ServerCommand server) {
        return server.run(kind, environment);
      }
      if (chosenCommand instanceof Scenario scenario) {
        ClientCommand client = (ClientCommand) command.getParent().getCommand();
        return client.run(kind, scenario, command.getCommandName(), environment);
      }
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command, e.getMessage(), e);
    } catch (Exception e) {
      throw new CommandLine.ExecutionException(command, String.valueOf(e.getMessage()), e);
    }
    throw new ParameterException(command, "a command or a scenario is missing");
  }

  /**
   * What a command talks to.
   *
   * @param onLimit ends a run that has taken too long
   */
  record Environment(BufferedReader in, PrintWriter out, PrintWriter err, Runnable onLimit) {

    void awaitLine() throws IOException {
      String unused = in.readLine();
    }
  }

  private static final class KindConverter implements CommandLine.ITypeConverter<PeerKind> {
    @Override
    public PeerKind convert(String label) {
      try {
        return PeerKind.of(label);
      } catch (IllegalArgumentException e) {
        throw new CommandLine.TypeConversionException(e.getMessage());
      }
    }
  }
}
