package io.picomux.benchmarks.harness;

import io.picomux.benchmarks.link.PeerKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The peers that can be measured, in the order in which they are shown. Not thread-safe. */
final class PeerRegistry {

  private static final String GO_RAW = "go-raw";

  /** TCP connections, in Java on virtual and on platform threads: what every peer is held to. */
  static final List<String> REFERENCES =
      List.of(PeerKind.RAW.toString(), PeerKind.RAW_PLATFORM.toString(), GO_RAW);

  /** The accept queue of the crate picomux holds 100 streams; more get lost. */
  private static final int MAX_STREAMS_OF_CRATE = 60;

  /** Netty loads native code, which newer JVMs warn of; it changes nothing else. */
  static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

  private static final String PROGRAM = "io.picomux.benchmarks.peer.PeerProgram";

  /** Connections to one address; chosen by judgement: below the 28,232 ports that Linux gives. */
  private static final int MAX_CONNECTIONS = 20_000;

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
      List<String> program = new ArrayList<>(List.of(java.toString()));
      if (kind.isRival()) {
        program.add(NATIVE_ACCESS);
      }
      program.addAll(List.of("-cp", classPath, PROGRAM, kind.toString()));
      Set<Ability> abilities =
          EnumSet.of(Ability.WARMUP, Ability.JVM, Ability.LOADED_DOWN, Ability.ARRIVALS);
      if (!kind.isEventDriven()) {
        abilities.add(Ability.SMALL_WRITES);
      }
      if (kind.isPicomux() && !kind.isEventDriven()) {
        abilities.add(Ability.CALLBACKS);
      }
      Role role = kind.isPicomux() ? Role.OURS : kind.isRival() ? Role.RIVAL : Role.RAW;
      int maxStreams = kind == PeerKind.RAW_PLATFORM ? MAX_PLATFORM_THREADS : maxStreams(role);
      registry.add(
          new PeerCommand(kind.toString(), program, maxStreams, role, abilities, null, null));
    }
    return registry;
  }

  /**
   * Registers the peers in other languages.
   *
   * @param folder where build-peers puts its programs
   */
  void addForeign(Path folder) {
    Set<Ability> go = EnumSet.of(Ability.WARMUP, Ability.COLLECT);
    for (String kind : List.of("raw", "yamux", "smux")) {
      List<String> program = List.of(folder.resolve("go-peer").toString(), kind);
      Role role = kind.equals("raw") ? Role.RAW : Role.RIVAL;
      add(new PeerCommand("go-" + kind, program, maxStreams(role), role, go, "go", null));
    }
    addRust(folder, "rust-picomux-0.1.14", MAX_STREAMS_OF_CRATE);
    addRust(folder, "rust-picomux-0.3.3", MAX_STREAMS_OF_CRATE);
    addRust(folder, "rust-yamux", Integer.MAX_VALUE);
  }

  private static int maxStreams(Role role) {
    return role == Role.RAW ? MAX_CONNECTIONS : Integer.MAX_VALUE;
  }

  private void addRust(Path folder, String name, int maxStreams) {
    List<String> program = List.of(folder.resolve(name.replace('.', '-')).toString());
    Set<Ability> abilities = EnumSet.of(Ability.WARMUP);
    add(new PeerCommand(name, program, maxStreams, Role.RIVAL, abilities, "rust", null));
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
