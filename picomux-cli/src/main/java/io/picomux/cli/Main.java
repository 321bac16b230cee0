package io.picomux.cli;

import io.picomux.cli.common.CommandFailure;
import io.picomux.cli.common.ExitCodes;
import io.picomux.cli.common.StderrLoggers;
import io.picomux.cli.common.Version;
import io.picomux.cli.demo.DemoCommand;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command {@code picomux}. */
@Command(
    name = "picomux",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Carries many TCP connections through one, by the picomux protocol.",
      "",
      "An exit runs where the destinations can be reached (serve); a proxy (socks) or a port"
          + " (forward) brings local programs there, each connection as a stream of one session.",
      ""
    },
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  See it work, with nothing else installed:",
      "    picomux demo",
      "  An exit, a proxy to it, and a client:",
      "    picomux serve --listen 127.0.0.1:9000",
      "    picomux socks --listen 127.0.0.1:1080 --via 127.0.0.1:9000",
      "    curl --socks5-hostname 127.0.0.1:1080 https://example.com/",
      "  A service of the exit's own machine at a local port:",
      "    picomux serve --listen 127.0.0.1:9000 --allow 127.0.0.1:5432",
      "    picomux forward --listen 127.0.0.1:5433 --to 127.0.0.1:5432 \\",
      "                    --via 127.0.0.1:9000",
      "  How far away the exit is:",
      "    picomux ping -c 5 --via 127.0.0.1:9000",
      "",
      "Sessions are neither authenticated nor encrypted: between machines, carry them",
      "through something that is (ssh -L, WireGuard).",
      "",
      "Exit codes:",
      "  0    done",
      "  1    understood, but it failed; the message says why",
      "  2    wrong arguments; the message names the value",
      "  70   a defect of picomux; please report it with the output of -v",
      "  130  interrupted by Ctrl-C, after closing in good order"
    },
    subcommands = {
      DemoCommand.class,
      ServeCommand.class,
      SocksCommand.class,
      ForwardCommand.class,
      PingCommand.class
    })
public final class Main implements Runnable {

  /** How long Ctrl-C waits for the command to close what it has open (chosen by judgement). */
  private static final long CLOSING_SECONDS = 5;

  @Spec private CommandSpec command;

  /** Made by picocli. */
  public Main() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) throws InterruptedException {
    quickenStart();
    CountDownLatch finished = new CountDownLatch(1);
    int[] exitCode = {ExitCodes.INTERNAL};
    // Commands run until they are interrupted, and then close what they have open. On a virtual
    // thread an interrupt ends a wait for a socket too.
    Thread command =
        Thread.ofVirtual()
            .name("picomux")
            .unstarted(() -> {
              try {
                exitCode[0] = run(args, writer(System.out), writer(System.err));
              } finally {
                finished.countDown();
              }
            });
    // Ctrl-C ends the process as soon as its hooks have ended, so this one waits for the command.
    Thread interrupter =
        new Thread(
            () -> {
              command.interrupt();
              awaitBriefly(finished);
            },
            "picomux-interrupt");
    Runtime.getRuntime().addShutdownHook(interrupter);
    command.start();
    finished.await();
    System.exit(exitCode[0]);
  }

  /**
   * Runs the command in the calling thread; an interrupt ends it as Ctrl-C does.
   *
   * @return the exit code
   */
  public static int run(String[] args, PrintWriter out, PrintWriter err) {
    return new CommandLine(new Main())
        .setOut(out)
        .setErr(err)
        .registerConverter(Long.class, Main::wholeNumber)
        .registerConverter(double.class, Main::number)
        .setExitCodeExceptionMapper(e -> ExitCodes.FAILED)
        .setParameterExceptionHandler(Main::onWrongArguments)
        .setExecutionExceptionHandler(Main::onFailure)
        .execute(args);
  }

  /** Without a command there is nothing to do but to say which there are. */
  @Override
  public void run() {
    throw new ParameterException(command.commandLine(), "a command is missing");
  }

  private static int onWrongArguments(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    command
        .getErr()
        .println(
            "picomux: "
                + firstLine(e.getMessage())
                + " (see: "
                + command.getCommandSpec().qualifiedName()
                + " --help)");
    return ExitCodes.USAGE;
  }

  private static int onFailure(Exception e, CommandLine command, @Nullable ParseResult parsed) {
    PrintWriter err = command.getErr();
    if (e instanceof InterruptedException) {
      return ExitCodes.INTERRUPTED;
    }
    boolean expected = e instanceof CommandFailure || e instanceof IOException;
    String what = e instanceof CommandFailure ? firstLine(e.getMessage()) : firstLine(e.toString());
    err.println("picomux: " + (expected ? "" : "defect: ") + what);
    if (StderrLoggers.isVerbose() || !expected) {
      e.printStackTrace(err);
    }
    return expected ? ExitCodes.FAILED : ExitCodes.INTERNAL;
  }

  private static Long wholeNumber(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + text + "' is not a whole number");
    }
  }

  private static Double number(String text) {
    try {
      return Double.valueOf(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + text + "' is not a number");
    }
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, stream.charset()), /* autoFlush= */ true);
  }

  private static String firstLine(@Nullable String message) {
    String text = String.valueOf(message).strip();
    return text.lines().findFirst().orElse("");
  }

  private static void awaitBriefly(CountDownLatch finished) {
    try {
      if (!finished.await(CLOSING_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("picomux: closing took too long");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Sets what libraries read once, at their start. Values given on the command line of the JVM
   * stand.
   */
  private static void quickenStart() {
    // Netty's codec reads a few bytes per connection: pools, leak detection and Unsafe, whose use
    // new JDKs warn of, cost start-up time and win nothing.
    setUnlessSet("io.netty.noUnsafe", "true");
    setUnlessSet("io.netty.allocator.type", "unpooled");
    setUnlessSet("io.netty.leakDetection.level", "disabled");
    // The demo's pages are answered in several writes, which Nagle's algorithm would hold back.
    setUnlessSet("sun.net.httpserver.nodelay", "true");
  }

  private static void setUnlessSet(String name, String value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }
}
