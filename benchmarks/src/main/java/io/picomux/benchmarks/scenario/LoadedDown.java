package io.picomux.benchmarks.scenario;

import picocli.CommandLine.Command;

/** Round trips on one stream while others carry bytes to the client. */
@Command(name = "loaded-down", description = "Round trips beside bulk streams from the server.")
public final class LoadedDown extends LoadedScenario {

  /** Made by picocli. */
  public LoadedDown() {}

  @Override
  BackgroundLoad.Direction direction() {
    return BackgroundLoad.Direction.DOWN;
  }
}
