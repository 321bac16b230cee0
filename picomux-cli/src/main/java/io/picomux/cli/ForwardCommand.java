package io.picomux.cli;

import io.picomux.cli.common.DestinationConverter;
import io.picomux.cli.common.ExitCodes;
import io.picomux.cli.common.FrameLog;
import io.picomux.cli.common.ListenAddress;
import io.picomux.cli.common.Listening;
import io.picomux.cli.common.Version;
import io.picomux.cli.common.Via;
import io.picomux.tunnel.Destination;
import io.picomux.tunnel.LocalForward;
import io.picomux.tunnel.TunnelClient;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Forwards a local port. */
@Command(
    name = "forward",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Forwards a local port to one destination, through an exit.",
      "",
      "The exit dials the destination, so its rules decide: a destination that is not on the"
          + " public Internet needs --allow there. Connects anew when the exit is lost. Runs until"
          + " Ctrl-C.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  picomux forward --listen 127.0.0.1:5433 --to 127.0.0.1:5432 \\",
      "                  --via 127.0.0.1:9000",
      "  psql -h 127.0.0.1 -p 5433"
    })
final class ForwardCommand implements Callable<Integer> {

  @Spec private CommandSpec command;
  @Mixin private Listening listening;
  @Mixin private Via via;

  @Option(
      names = "--listen",
      required = true,
      paramLabel = "HOST:PORT",
      converter = ListenAddress.Converter.class,
      description = "Where programs connect. Port 0: the system chooses.")
  private ListenAddress listen;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "HOST:PORT",
      converter = DestinationConverter.class,
      description = "What the exit connects them to.")
  private Destination to;

  @Override
  public Integer call() throws InterruptedException {
    via.common().apply();
    PrintWriter out = command.commandLine().getOut();
    try (FrameLog frames = via.common().openFrameLog();
        TunnelClient tunnel = via.tunnel(frames, command.commandLine().getErr());
        LocalForward forward =
            listening.listen(listen, address -> LocalForward.listen(address, to, tunnel))) {
      out.println(
          "forwarding "
              + ListenAddress.show(forward.localAddress())
              + " to "
              + to
              + ", exit "
              + via.exit());
      new CountDownLatch(1).await();
    }
    return ExitCodes.OK;
  }
}
