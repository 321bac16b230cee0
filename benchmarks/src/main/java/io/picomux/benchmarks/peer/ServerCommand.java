package io.picomux.benchmarks.peer;

import io.picomux.benchmarks.link.Listener;
import io.picomux.benchmarks.link.PeerKind;
import io.picomux.benchmarks.peer.PeerProgram.Environment;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves until the process is ended, or until a limit that outlasts every run. */
@Command(
    name = "server",
    mixinStandardHelpOptions = true,
    description = "Serves; prints \"ready\" when it listens, with the port if that was 0.")
final class ServerCommand {

  @Mixin private HostOption host;

  @Option(names = "--port", required = true, description = "Port; 0 for a free one.")
  private int port;

  @Option(
      names = "--callbacks",
      description = "Serve without a thread for each stream, for the scenario idle.")
  private boolean callbacks;

  @Option(
      names = "--progress",
      description = {
        "Print a line \"received EPOCH_MS BYTES\" ten times a second: what has come for the",
        "scenarios up and loaded since the start."
      })
  private boolean progress;

  @Option(
      names = "--limit-s",
      defaultValue = "3600",
      description = "Seconds until a server that was forgotten ends by itself; default 3600.")
  private long limitSeconds;

  int run(PeerKind kind, Environment environment) throws IOException {
    try (Listener listener = Links.listen(kind, host.address(port), callbacks)) {
      environment.out().println(port == 0 ? "ready " + listener.port() : "ready");
      if (progress) {
        ReceivedLines.start(environment.out());
      }
      boolean unused = new CountDownLatch(1).await(limitSeconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return PeerProgram.OK;
  }
}
