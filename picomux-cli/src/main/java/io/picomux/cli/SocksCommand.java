package io.picomux.cli;

import io.picomux.cli.common.ExitCodes;
import io.picomux.cli.common.FrameLog;
import io.picomux.cli.common.ListenAddress;
import io.picomux.cli.common.Listening;
import io.picomux.cli.common.Version;
import io.picomux.cli.common.Via;
import io.picomux.tunnel.SocksProxy;
import io.picomux.tunnel.TunnelClient;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a SOCKS proxy. */
@Command(
    name = "socks",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Runs a SOCKS5 proxy whose connections leave at an exit.",
      "",
      "Names are resolved at the exit. Connects anew when the exit is lost. The proxy answers"
          + " success before the exit has dialled, so a destination that the exit refuses or cannot"
          + " reach shows as a connection that is reset. Runs until Ctrl-C.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  picomux socks --listen 127.0.0.1:1080 --via 127.0.0.1:9000",
      "  curl --socks5-hostname 127.0.0.1:1080 https://example.com/",
      "  chromium --proxy-server=socks5://127.0.0.1:1080"
    })
final class SocksCommand implements Callable<Integer> {

  @Spec private CommandSpec command;
  @Mixin private Listening listening;
  @Mixin private Via via;

  @Option(
      names = "--listen",
      required = true,
      paramLabel = "HOST:PORT",
      converter = ListenAddress.Converter.class,
      description = "Where programs find the proxy. Port 0: the system chooses.")
  private ListenAddress listen;

  @Override
  public Integer call() throws InterruptedException {
    via.common().apply();
    PrintWriter out = command.commandLine().getOut();
    try (FrameLog frames = via.common().openFrameLog();
        TunnelClient tunnel = via.tunnel(frames, command.commandLine().getErr());
        SocksProxy proxy =
            listening.listen(listen, address -> SocksProxy.listen(address, tunnel))) {
      out.println(
          "SOCKS5 proxy listens at "
              + ListenAddress.show(proxy.localAddress())
              + ", exit "
              + via.exit());
      new CountDownLatch(1).await();
    }
    return ExitCodes.OK;
  }
}
