package io.picomux.benchmarks.scenario;

import picocli.CommandLine.Command;

/** Round trips on one stream while nothing else goes on. */
@Command(name = "pingpong", description = "Round trips on one stream.")
public final class PingPong extends EchoScenario {

  /** Made by picocli. */
  public PingPong() {}

  @Override
  int streams() {
    return 1;
  }
}
