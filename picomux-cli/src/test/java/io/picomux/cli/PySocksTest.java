package io.picomux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program in Python, with the SOCKS client PySocks, as the client of the demo's proxy. */
final class PySocksTest {

  private static final String SCRIPT =
      """
      import hashlib, socket, sys, urllib.request
      import socks

      proxy_host, proxy_port = sys.argv[1].rsplit(":", 1)
      site = sys.argv[2]
      socks.set_default_proxy(socks.SOCKS5, proxy_host, int(proxy_port), rdns=True)
      socket.socket = socks.socksocket
      # PySocks leaves names to the proxy only when they are not resolved before.
      socket.create_connection = lambda address, *rest, **named: socks.create_connection(
          address, proxy_type=socks.SOCKS5, proxy_addr=proxy_host, proxy_port=int(proxy_port), proxy_rdns=True)

      with urllib.request.urlopen(site + "bytes/5000000", timeout=60) as answer:
          body = answer.read()
          announced = answer.headers["X-SHA256"]
      assert len(body) == 5000000, len(body)
      assert hashlib.sha256(body).hexdigest() == announced, announced
      print("download is right")

      request = urllib.request.Request(site + "upload", data=body, method="PUT")
      with urllib.request.urlopen(request, timeout=60) as answer:
          assert answer.read().decode().strip() == "5000000 bytes, sha256 " + announced
      print("upload is right")
      """;

  @TempDir private Path folder;

  @Test
  void downloadsAndUploads() throws Exception {
    String python = Tools.pythonWithPySocks();
    Path script = Files.writeString(folder.resolve("client.py"), SCRIPT);
    try (RunningDemo demo = RunningDemo.start();
        RunningProgram client =
            RunningProgram.start(List.of(python, script.toString(), demo.proxy, demo.site))) {
      assertThat(client.awaitExit()).as(client.output()).isZero();
      assertThat(client.output()).isEqualTo("download is right\nupload is right");
    }
  }
}
