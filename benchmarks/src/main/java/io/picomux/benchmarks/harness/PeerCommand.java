package io.picomux.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a peer is started. Its command line goes on with {@code server --port 0} or {@code client
 * --port P SCENARIO …}.
 *
 * @param name what it is called in tables and on the command line
 * @param program the command, without what goes on
 * @param maxStreams how many streams it can have at once; workloads with more leave it out
 * @param role what it is in a comparison
 * @param abilities what it knows beyond the command line that every peer has
 * @param language what it has to be built in first, as {@code build-peers} calls it; null for none
 * @param otherServer whose server it uses; null for its own
 */
record PeerCommand(
    String name,
    List<String> program,
    int maxStreams,
    Role role,
    Set<Ability> abilities,
    @Nullable String language,
    @Nullable PeerCommand otherServer) {

  /**
   * JVM flags where memory is looked at: a heap of a fixed size, so that the resident memory does
   * not depend on when the collector gives pages back, and a young generation that is so small that
   * every page of it was used before the first figure is taken. In all other scenarios JVMs run
   * with none.
   */
  static final List<String> MEMORY_JVM_FLAGS =
      List.of("-XX:+UseSerialGC", "-Xms1g", "-Xmx1g", "-Xmn4m");

  PeerCommand {
    program = List.copyOf(program);
    abilities = Set.copyOf(abilities);
  }

  /** Returns a peer whose clients use the server of another one, which speaks the same protocol. */
  PeerCommand servedBy(String pairName, PeerCommand other) {
    int streams = Math.min(maxStreams, other.maxStreams);
    return new PeerCommand(pairName, program, streams, role, abilities, language, other);
  }

  /**
   * Reads {@code NAME=COMMAND} or {@code NAME:MAX_STREAMS=COMMAND}; the command's words are
   * separated by spaces.
   */
  static PeerCommand parse(String text) {
    int equals = text.indexOf('=');
    if (equals <= 0 || text.substring(equals + 1).isBlank()) {
      throw new IllegalArgumentException(
          "peer is '" + text + "', must be NAME=COMMAND or NAME:MAX_STREAMS=COMMAND");
    }
    String name = text.substring(0, equals);
    int maxStreams = Integer.MAX_VALUE;
    int colon = name.indexOf(':');
    if (colon >= 0) {
      maxStreams = Numbers.positiveInt("MAX_STREAMS", name.substring(colon + 1));
      name = name.substring(0, colon);
    }
    List<String> program = List.of(text.substring(equals + 1).strip().split("\\s+"));
    return new PeerCommand(name, program, maxStreams, Role.RIVAL, Set.of(), null, null);
  }

  /** Returns the command that serves at a free port. */
  List<String> server(Workload workload, Place place) {
    if (otherServer != null) {
      return otherServer.server(workload, place);
    }
    List<String> command = begin(workload);
    command.addAll(List.of("server", "--port", "0"));
    command.addAll(place.hostOptions());
    if (tellsArrivals(place)) {
      command.add("--progress");
    }
    if (workload.isMemory() && abilities.contains(Ability.CALLBACKS)) {
      command.add("--callbacks");
    }
    return place.atServer(command);
  }

  /**
   * Returns the command that runs a workload against the server at a port. Over a long link there
   * is no warming up beyond what every peer does: how a fresh session grows is measured as well.
   */
  List<String> client(Workload workload, Place place, int port, long limitSeconds) {
    List<String> command = begin(workload);
    command.addAll(List.of("client", "--port", Integer.toString(port)));
    command.addAll(place.hostOptions());
    if (abilities.contains(Ability.WARMUP)) {
      command.addAll(List.of("--limit-s", Long.toString(limitSeconds)));
    }
    command.add(workload.scenario().peerWord());
    command.addAll(workload.options());
    if (abilities.contains(Ability.WARMUP) && place.isLoopback()) {
      command.addAll(workload.warmupOptions(abilities.contains(Ability.JVM)));
    }
    return place.atClient(command);
  }

  /** Returns whether it can do a workload; programs of others know only the agreed scenarios. */
  boolean isAbleTo(Workload workload) {
    boolean isKnown =
        switch (workload.scenario()) {
          case LOADED_DOWN -> abilities.contains(Ability.LOADED_DOWN);
          case SMALL -> abilities.contains(Ability.SMALL_WRITES);
          case SESSIONS -> abilities.contains(Ability.CALLBACKS);
          case UP, DOWN, STEADY_UP, STEADY_DOWN, PINGPONG, RR, LOADED, OPEN, IDLE -> true;
        };
    return isKnown && workload.width() <= maxStreams;
  }

  /** Returns whether its server tells what has come. */
  boolean tellsArrivals(Place place) {
    return otherServer != null
        ? otherServer.tellsArrivals(place)
        : abilities.contains(Ability.ARRIVALS) && !place.isLoopback();
  }

  /** Returns the peer whose server is used. */
  PeerCommand serving() {
    return otherServer != null ? otherServer : this;
  }

  private List<String> begin(Workload workload) {
    List<String> command = new ArrayList<>(program);
    if (abilities.contains(Ability.JVM) && workload.isMemory()) {
      command.addAll(1, MEMORY_JVM_FLAGS);
    }
    return command;
  }
}
