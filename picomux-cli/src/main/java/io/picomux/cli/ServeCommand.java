package io.picomux.cli;

import io.picomux.PicoMux;
import io.picomux.cli.common.CommonOptions;
import io.picomux.cli.common.ExitCodes;
import io.picomux.cli.common.FrameLog;
import io.picomux.cli.common.ListenAddress;
import io.picomux.cli.common.Listening;
import io.picomux.cli.common.Version;
import io.picomux.tunnel.exit.AllowRule;
import io.picomux.tunnel.exit.Exit;
import io.picomux.tunnel.exit.ExitListener;
import io.picomux.tunnel.exit.ExitPolicy;
import io.picomux.tunnel.exit.ExitServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Runs an exit. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Runs an exit, which connects streams to the destinations that they name.",
      "",
      "Destinations that are not on the public Internet (private, loopback, link-local, this"
          + " machine's own) and port 25 are refused unless allowed. Every address of a name is"
          + " checked. Runs until Ctrl-C.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  picomux serve --listen 127.0.0.1:9000",
      "  picomux serve --listen 127.0.0.1:9000 --allow 127.0.0.1:5432",
      "  picomux serve --listen 127.0.0.1:9000 --allow 10.0.0.0/8 --allow 10.0.0.0/8:25",
      "  picomux serve --listen 127.0.0.1:9000 --allow intranet.example:8080"
    })
final class ServeCommand implements Callable<Integer> {

  @Spec private CommandSpec command;
  @Mixin private CommonOptions common;
  @Mixin private Listening listening;

  @Option(
      names = "--listen",
      required = true,
      paramLabel = "HOST:PORT",
      converter = ListenAddress.Converter.class,
      description = "Where clients connect. Port 0: the system chooses.")
  private ListenAddress listen;

  @Option(
      names = "--allow",
      paramLabel = "RULE",
      converter = RuleConverter.class,
      description = {
        "Allow what is refused otherwise; may be repeated.",
        "HOST:PORT, ADDRESS/BITS or ADDRESS/BITS:PORT."
      })
  private List<AllowRule> allow = List.of();

  @Override
  public Integer call() throws InterruptedException {
    common.apply();
    PrintWriter out = command.commandLine().getOut();
    Exit exit =
        Exit.builder()
            .policy(ExitPolicy.publicInternet().allowing(allow))
            .listener(new Narrator(command.commandLine().getErr()))
            .build();
    try (FrameLog frames = common.openFrameLog();
        ExitServer server =
            listening.listen(
                listen,
                address -> ExitServer.listen(address, exit, frames.listener().orElse(null)))) {
      out.println(
          "exit listens at " + ListenAddress.show((InetSocketAddress) server.localAddress()));
      if (!allow.isEmpty()) {
        out.println("allowed besides the public Internet: " + join(allow));
      }
      new CountDownLatch(1).await();
    }
    return ExitCodes.OK;
  }

  private static String join(List<AllowRule> rules) {
    return String.join(", ", rules.stream().map(AllowRule::toString).toList());
  }

  /** Tells of sessions that fail; the exit's own log has the rest. */
  private record Narrator(PrintWriter err) implements ExitListener {

    @Override
    public void sessionEnded(PicoMux session, @Nullable IOException cause) {
      if (cause != null) {
        err.println("picomux: " + cause.getMessage());
      }
    }
  }

  /** Reads a value of --allow. */
  static final class RuleConverter implements ITypeConverter<AllowRule> {
    @Override
    public AllowRule convert(String value) {
      try {
        return AllowRule.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(
            e.getMessage() + "; write HOST:PORT, ADDRESS/BITS or ADDRESS/BITS:PORT");
      }
    }
  }
}
