package io.picomux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A browser as the client of the demo's proxy. */
final class ChromiumTest {

  // The browser's helper processes write to its profile for a moment after it has ended.
  @TempDir(cleanup = CleanupMode.NEVER)
  private Path profile;

  @Test
  void showsThePageThroughTheProxy() throws Exception {
    String chromium = Tools.chromium();
    try (RunningDemo demo = RunningDemo.start();
        RunningProgram browser =
            RunningProgram.start(
                List.of(
                    chromium,
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--user-data-dir=" + profile,
                    "--proxy-server=socks5://" + demo.proxy,
                    "--proxy-bypass-list=<-loopback>",
                    "--dump-dom",
                    demo.site))) {
      assertThat(browser.awaitExit()).as(browser.output()).isZero();
      assertThat(browser.output()).contains("<h1>This page came through picomux</h1>");
      // The page's script has run: it writes the address of the site into the examples.
      String address = demo.site.substring("http://".length(), demo.site.length() - 1);
      assertThat(browser.output()).contains("<span class=\"host\">" + address + "</span>");
    }
  }
}
