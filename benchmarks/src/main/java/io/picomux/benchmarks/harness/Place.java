package io.picomux.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;

/**
 * Where servers and clients run. Immutable.
 *
 * @param serverPrefix what is put before the command of a server
 * @param clientPrefix what is put before the command of a client
 * @param host the address at which the client finds the server; empty for loopback
 */
record Place(List<String> serverPrefix, List<String> clientPrefix, String host) {

  /** Both on this machine, as any two programs. */
  static final Place LOOPBACK = new Place(List.of(), List.of(), "");

  Place {
    serverPrefix = List.copyOf(serverPrefix);
    clientPrefix = List.copyOf(clientPrefix);
  }

  boolean isLoopback() {
    return host.isEmpty();
  }

  List<String> hostOptions() {
    return isLoopback() ? List.of() : List.of("--host", host);
  }

  List<String> atServer(List<String> command) {
    return join(serverPrefix, command);
  }

  List<String> atClient(List<String> command) {
    return join(clientPrefix, command);
  }

  private static List<String> join(List<String> prefix, List<String> command) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(command);
    return all;
  }
}
