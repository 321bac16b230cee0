package io.picomux.benchmarks.scenario;

import picocli.CommandLine.Command;

/** Round trips on one stream while others carry bytes to the server. */
@Command(name = "loaded", description = "Round trips beside bulk streams to the server.")
public final class Loaded extends LoadedScenario {

  /** Made by picocli. */
  public Loaded() {}

  @Override
  BackgroundLoad.Direction direction() {
    return BackgroundLoad.Direction.UP;
  }
}
