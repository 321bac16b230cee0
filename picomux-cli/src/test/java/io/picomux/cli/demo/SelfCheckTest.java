package io.picomux.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

final class SelfCheckTest {

  @Test
  void failsWithALineWhenThereIsNoProxy() throws Exception {
    int closed;
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    try (ServerSocket socket = new ServerSocket(0, 1, loopback)) {
      closed = socket.getLocalPort();
    }
    StringWriter out = new StringWriter();
    HttpThroughProxy site =
        new HttpThroughProxy(new InetSocketAddress(loopback, closed), "picomux.test", 80);
    assertThat(new SelfCheck(site, new PrintWriter(out)).run()).isFalse();
    assertThat(out.toString()).contains("page", "FAILED").doesNotContain("download");
  }
}
