package io.picomux.reliability.faults;

import io.picomux.tunnel.exit.AllowRule;
import io.picomux.tunnel.exit.Exit;
import io.picomux.tunnel.exit.ExitPolicy;
import io.picomux.tunnel.exit.ExitServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** An exit as a process of its own, to one port of loopback; ends with its standard input. */
final class ExitPeer {
  private ExitPeer() {}

  public static void main(String[] args) throws IOException {
    // The log needs descriptors for its first line.
    System.getLogger("io.picomux").log(System.Logger.Level.WARNING, "the log works");
    ExitPolicy policy =
        ExitPolicy.publicInternet().allowing(List.of(AllowRule.parse("127.0.0.1:" + args[0])));
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (ExitServer exit = ExitServer.listen(any, Exit.builder().policy(policy).build())) {
      System.out.println("port " + ((InetSocketAddress) exit.localAddress()).getPort());
      while (System.in.read() >= 0) {
        // Nothing is told this way.
      }
    }
  }
}
