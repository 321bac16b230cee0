package io.picomux.cli.demo;

import io.picomux.PicoMux;
import io.picomux.PicoMuxBuilder;
import io.picomux.cli.common.CommandFailure;
import io.picomux.cli.common.CommonOptions;
import io.picomux.cli.common.ExitCodes;
import io.picomux.cli.common.FrameLog;
import io.picomux.cli.common.ListenAddress;
import io.picomux.cli.common.Listening;
import io.picomux.cli.common.Terminal;
import io.picomux.cli.common.Version;
import io.picomux.tunnel.Destination;
import io.picomux.tunnel.SocksProxy;
import io.picomux.tunnel.TrafficCounters.Traffic;
import io.picomux.tunnel.TunnelClient;
import io.picomux.tunnel.exit.AllowRule;
import io.picomux.tunnel.exit.Exit;
import io.picomux.tunnel.exit.ExitPolicy;
import io.picomux.tunnel.exit.ExitServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows a whole tunnel in one process. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Shows a whole tunnel at work, in one process.",
      "",
      "Starts a small web site, an exit, a SOCKS5 proxy, and a picomux session over TCP between"
          + " them. Fetches the site through the proxy, says how to do so with curl or a browser,"
          + " and shows live figures until Ctrl-C.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  picomux demo                           stay until Ctrl-C",
      "  picomux demo --once                    end with 0 if the check passed",
      "  picomux demo --listen 127.0.0.1:1080   the proxy at a port of your choice",
      "  picomux demo --once --frames           see the frames of the session"
    })
public final class DemoCommand implements Callable<Integer> {

  /**
   * The name of the demo's site, which the demo's exit alone can resolve: it ends in {@code .test},
   * so no name server knows it (RFC 6761, 6.2).
   */
  static final String SITE_NAME = "picomux.test";

  /**
   * How long the session may take to come up (chosen by judgement; over loopback it is at once).
   */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  @Spec private CommandSpec command;
  @Mixin private CommonOptions common;
  @Mixin private Listening listening;

  @Option(names = "--once", description = "End after the self-check.")
  private boolean once;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:0",
      converter = ListenAddress.Converter.class,
      description = "Where the proxy listens (default: a port that the system chooses).")
  private ListenAddress listen;

  /** Made by picocli. */
  public DemoCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    common.apply();
    try (FrameLog frames = common.openFrameLog();
        DemoSite site = DemoSite.start();
        ExitServer exit = ExitServer.listen(loopback(), exitTo(site));
        TunnelClient tunnel =
            TunnelClient.builder(() -> connect(exit.localAddress(), frames)).start();
        SocksProxy proxy = listening.listen(listen, at -> SocksProxy.listen(at, tunnel))) {
      PicoMux session = tunnel.awaitSession(CONNECT_TIMEOUT);
      return show(site, exit, tunnel, proxy, session);
    } catch (IOException e) {
      throw new CommandFailure(
          "the demo could not start: " + e.getMessage() + "; it needs TCP over 127.0.0.1", e);
    }
  }

  private int show(
      DemoSite site, ExitServer exit, TunnelClient tunnel, SocksProxy proxy, PicoMux session)
      throws InterruptedException {
    PrintWriter out = command.commandLine().getOut();
    String proxyAddress = ListenAddress.show(proxy.localAddress());
    String url = "http://" + SITE_NAME + ":" + site.port() + "/";
    out.println("picomux demo: one process, four parts");
    out.println("  web site  " + url + " (a name that only the exit knows)");
    out.println("  exit      " + ListenAddress.show((InetSocketAddress) exit.localAddress()));
    out.println("  session   one TCP connection to the exit, session " + session.id());
    out.println("  proxy     socks5://" + proxyAddress);
    out.println();
    out.println("Fetching the site through the proxy:");
    HttpThroughProxy http = new HttpThroughProxy(proxy.localAddress(), SITE_NAME, site.port());
    boolean passed = new SelfCheck(http, out).run();
    Traffic traffic = proxy.traffic();
    out.printf(
        "%s: %d streams of one session, %s up, %s down%n",
        passed ? "It works" : "It does NOT work",
        traffic.totalStreams(),
        LiveFigures.size((double) traffic.bytesUp()),
        LiveFigures.size((double) traffic.bytesDown()));
    if (!passed) {
      command
          .commandLine()
          .getErr()
          .println("picomux: the self-check failed; run it with -v for details");
      return ExitCodes.FAILED;
    }
    if (once) {
      return ExitCodes.OK;
    }
    out.println();
    out.println("Try it:");
    out.println("  curl --socks5-hostname " + proxyAddress + " " + url);
    out.println("  chromium --proxy-server=socks5://" + proxyAddress + " " + url);
    out.println("  any program that can use a SOCKS5 proxy, at " + proxyAddress);
    out.println();
    out.println("Ctrl-C ends the demo.");
    try {
      new LiveFigures(proxy, tunnel, out, Terminal.isTerminal()).showUntilInterrupted();
    } finally {
      out.printf("Closing after %d streams.%n", proxy.traffic().totalStreams());
    }
    return ExitCodes.OK;
  }

  private Exit exitTo(DemoSite site) throws IOException {
    AllowRule ownSite = AllowRule.of(new Destination(SITE_NAME, site.port()));
    return Exit.builder()
        .policy(ExitPolicy.publicInternet().allowing(List.of(ownSite)))
        .host(SITE_NAME, List.of(loopback().getAddress()))
        .build();
  }

  private static PicoMux connect(SocketAddress exit, FrameLog frames) throws IOException {
    PicoMuxBuilder builder = PicoMux.builder();
    frames.listener().ifPresent(builder::frameListener);
    return builder.connect(exit);
  }

  private static InetSocketAddress loopback() throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0);
  }
}
