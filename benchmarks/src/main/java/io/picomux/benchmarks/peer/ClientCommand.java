package io.picomux.benchmarks.peer;

import io.picomux.benchmarks.link.PeerKind;
import io.picomux.benchmarks.peer.PeerProgram.Environment;
import io.picomux.benchmarks.scenario.Down;
import io.picomux.benchmarks.scenario.Idle;
import io.picomux.benchmarks.scenario.IdleSessions;
import io.picomux.benchmarks.scenario.Loaded;
import io.picomux.benchmarks.scenario.LoadedDown;
import io.picomux.benchmarks.scenario.Opens;
import io.picomux.benchmarks.scenario.PingPong;
import io.picomux.benchmarks.scenario.RequestResponse;
import io.picomux.benchmarks.scenario.Result;
import io.picomux.benchmarks.scenario.Scenario;
import io.picomux.benchmarks.scenario.SmallWrites;
import io.picomux.benchmarks.scenario.Up;
import java.lang.management.ManagementFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs one scenario against a server of the same kind and prints one line of JSON. */
@Command(
    name = "client",
    mixinStandardHelpOptions = true,
    description = "Runs one scenario and prints its figures as one line of JSON.",
    subcommands = {
      Up.class,
      SmallWrites.class,
      Down.class,
      PingPong.class,
      RequestResponse.class,
      Loaded.class,
      LoadedDown.class,
      Opens.class,
      Idle.class,
      IdleSessions.class
    })
final class ClientCommand {

  @Mixin private HostOption host;

  @Option(names = "--port", required = true, description = "Port of the server.")
  private int port;

  @Option(
      names = "--limit-s",
      defaultValue = "120",
      description = "Seconds after which the run is given up; default 120.")
  private long limitSeconds;

  int run(PeerKind kind, Scenario scenario, String name, Environment environment) throws Exception {
    Runnable giveUp =
        () -> {
          environment
              .err()
              .println("peer " + kind + ": " + name + " took over " + limitSeconds + " s");
          environment.onLimit().run();
        };
    TimeLimit limit = TimeLimit.start(limitSeconds, giveUp);
    Result result = new Result(Links.describe(kind), name);
    try {
      Links.run(
          kind,
          host.address(port),
          scenario,
          result,
          () -> {
            result.words("jvm_flags", ManagementFactory.getRuntimeMXBean().getInputArguments());
            environment.out().println(result.toLine());
            if (scenario.staysOpen()) {
              environment.awaitLine();
            }
          });
    } finally {
      limit.cancel();
    }
    return PeerProgram.OK;
  }
}
