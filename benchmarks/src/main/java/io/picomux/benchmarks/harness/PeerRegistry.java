package io.picomux.benchmarks.harness;

import io.picomux.benchmarks.link.PeerKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The peers that can be measured, in the order in which they are shown. Not thread-safe. */
final class PeerRegistry {

  /** TCP connections on virtual and on platform threads: what every peer is compared with. */
  static final List<String> REFERENCES =
      List.of(PeerKind.RAW.toString(), PeerKind.RAW_PLATFORM.toString());

  private static final String PROGRAM = "io.picomux.benchmarks.peer.PeerProgram";

  /** Platform threads of one process; chosen by judgement: what machines allow without settings. */
  private static final int MAX_PLATFORM_THREADS = 2000;

  private final Map<String, PeerCommand> peers = new LinkedHashMap<>();

  /**
   * Registers the peers of this module.
   *
   * @param java the program that runs them
   * @param classPath where their classes are
   */
  static PeerRegistry ofThisModule(Path java, String classPath) {
    PeerRegistry registry = new PeerRegistry();
    for (PeerKind kind : PeerKind.values()) {
      registry.add(
          new PeerCommand(
              kind.toString(),
              List.of(java.toString(), "-cp", classPath, PROGRAM, kind.toString()),
              kind == PeerKind.RAW_PLATFORM ? MAX_PLATFORM_THREADS : Integer.MAX_VALUE,
              /* isOurs= */ true,
              kind.isMultiplexed()));
    }
    return registry;
  }

  /** Registers a further peer, a program in another language for instance. */
  void add(PeerCommand peer) {
    if (peers.putIfAbsent(peer.name(), peer) != null) {
      throw new IllegalArgumentException("there are two peers of the name " + peer.name());
    }
  }

  /**
   * Registers a peer whose client is that of one and whose server is that of another.
   *
   * @param text {@code NAME=CLIENT/SERVER}, with the names of two peers
   */
  void addPair(String text) {
    String[] parts = text.split("[=/]", -1);
    if (parts.length != 3 || parts[0].isBlank()) {
      throw new IllegalArgumentException("pair is '" + text + "', must be NAME=CLIENT/SERVER");
    }
    List<PeerCommand> pair = select(List.of(parts[1], parts[2]));
    add(pair.getFirst().servedBy(parts[0], pair.getLast()));
  }

  /** Returns the peers of these names in this order, or all when there are no names. */
  List<PeerCommand> select(Collection<String> names) {
    if (names.isEmpty()) {
      return List.copyOf(peers.values());
    }
    List<PeerCommand> selected = new ArrayList<>();
    for (String name : names) {
      PeerCommand peer = peers.get(name);
      if (peer == null) {
        throw new IllegalArgumentException(
            "peer is '" + name + "', must be one of " + peers.keySet());
      }
      selected.add(peer);
    }
    return selected;
  }
}
