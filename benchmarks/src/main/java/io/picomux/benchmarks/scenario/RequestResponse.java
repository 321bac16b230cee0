package io.picomux.benchmarks.scenario;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Round trips on many streams at the same time. */
@Command(name = "rr", description = "Round trips on many streams at once.")
public final class RequestResponse extends EchoScenario {

  @Option(names = "--streams", defaultValue = "60", description = "Streams at once; default 60.")
  private int streams;

  /** Made by picocli. */
  public RequestResponse() {}

  @Override
  int streams() {
    return streams;
  }
}
