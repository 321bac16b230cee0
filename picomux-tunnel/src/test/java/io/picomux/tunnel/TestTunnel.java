package io.picomux.tunnel;

import io.picomux.PicoMux;
import io.picomux.tunnel.exit.AllowRule;
import io.picomux.tunnel.exit.Exit;
import io.picomux.tunnel.exit.ExitPolicy;
import io.picomux.tunnel.exit.ExitServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/** An exit and a client of it, joined by a session over loopback TCP. */
final class TestTunnel implements AutoCloseable {

  final ExitEvents events = new ExitEvents();
  final ExitServer exit;
  final TunnelClient client;

  /** A tunnel whose exit allows {@code allowed} besides the public Internet. */
  TestTunnel(Destination... allowed) throws IOException {
    List<AllowRule> rules = List.of(allowed).stream().map(AllowRule::of).toList();
    exit =
        ExitServer.listen(
            new InetSocketAddress(TestDestination.loopback(), 0),
            Exit.builder()
                .policy(ExitPolicy.publicInternet().allowing(rules))
                .host("inside.test", List.of(TestDestination.loopback()))
                .listener(events)
                .build());
    client = TunnelClient.builder(() -> PicoMux.connect(exit.localAddress())).start();
  }

  @Override
  public void close() {
    client.close();
    exit.close();
  }
}
