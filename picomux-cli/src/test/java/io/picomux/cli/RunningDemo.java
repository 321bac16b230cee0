package io.picomux.cli;

import java.io.IOException;

/** The demo in a process of its own. */
final class RunningDemo implements AutoCloseable {

  final RunningProgram program;

  /** {@code host:port} of the proxy. */
  final String proxy;

  /** The demo's site, with a slash at the end. */
  final String site;

  private RunningDemo(RunningProgram program, String site, String proxy) {
    this.program = program;
    this.site = site;
    this.proxy = proxy;
  }

  /** Starts the demo and waits until its self-check has passed. */
  static RunningDemo start() throws IOException, InterruptedException {
    RunningProgram program = RunningProgram.picomux("demo");
    try {
      String site = program.awaitLine("web site +(http://\\S+/)").group(1);
      String proxy = program.awaitLine("proxy +socks5://(\\S+)").group(1);
      program.awaitLine("^It works");
      program.awaitLine("^Ctrl-C ends the demo");
      return new RunningDemo(program, site, proxy);
    } catch (InterruptedException | RuntimeException | Error e) {
      program.close();
      throw e;
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
