package io.picomux.benchmarks.scenario;

import io.picomux.benchmarks.link.Connection;
import io.picomux.benchmarks.link.PeerStream;
import io.picomux.benchmarks.link.Request;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Many sessions that have been used once and have no stream now. The client reports its own memory
 * and then waits, so that the server's can be looked at.
 */
@Command(name = "sessions", description = "Memory and threads of sessions without streams.")
public final class IdleSessions implements Scenario {

  @Option(names = "--sessions", defaultValue = "1000", description = "Sessions; default 1000.")
  private int sessions;

  /** The sessions, which stay open until the process ends. */
  private final List<Connection> open = new ArrayList<>();

  /** Made by picocli. */
  public IdleSessions() {}

  @Override
  public Sizes sizes() {
    Shares.requireAtLeast("--sessions", sessions, 1);
    return new Sizes(sessions, sessions, 0, Sizes.USUAL_MESSAGE_BYTES);
  }

  @Override
  public boolean staysOpen() {
    return true;
  }

  @Override
  public void run(Connection connection, ThreadFactory threads, Result result) throws Exception {
    Sizes sizes = sizes();
    // What the first session loads and makes is not a cost of each.
    use(connection);
    use(another(connection));
    OwnMemory before = OwnMemory.now();
    int threadsBefore = platformThreads();
    for (int i = 0; i < sessions; i++) {
      use(another(connection));
    }
    OwnMemory after = OwnMemory.now();
    int threadsAfter = platformThreads();
    Outcome.ofIdleSessions(result, sizes, before, after, threadsAfter - threadsBefore);
  }

  private Connection another(Connection connection) throws IOException {
    Connection another = connection.another();
    open.add(another);
    return another;
  }

  private static void use(Connection connection) throws IOException {
    try (PeerStream stream = connection.open()) {
      byte[] request = new Request(Request.Mode.ECHO, 0).encode();
      stream.write(request, 0, request.length);
      byte[] one = new byte[1];
      stream.write(one, 0, 1);
      stream.readFully(one);
    }
  }

  private static int platformThreads() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }
}
