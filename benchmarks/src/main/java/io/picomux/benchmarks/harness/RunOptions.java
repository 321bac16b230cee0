package io.picomux.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every measuring program is told: who is measured, how often, and where the figures go. */
final class RunOptions {
  private static final int DEFAULT_ROUNDS = 9;

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "PEER",
      description = "Who is measured; default everybody, over long links picomux and raw.")
  private List<String> peers = List.of();

  @Option(
      names = "--external",
      paramLabel = "NAME[:MAX_STREAMS]=COMMAND",
      description = {
        "A program of the same command line, measured too; may be repeated.",
        "It has at most MAX_STREAMS at once."
      })
  private List<String> externals = List.of();

  @Option(
      names = "--pair",
      paramLabel = "NAME=CLIENT/SERVER",
      description = "The client of one peer with the server of another; may be repeated.")
  private List<String> pairs = List.of();

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "How often each peer has its turn; default 9.")
  private @Nullable Integer rounds;

  @Option(
      names = "--limit-s",
      paramLabel = "S",
      defaultValue = "120",
      description = "Seconds that one run may take; default 120.")
  private long limitSeconds;

  @Option(
      names = "--results",
      paramLabel = "FOLDER",
      defaultValue = "results",
      description = "Where the file with all figures goes, a line of JSON for each run.")
  private Path results;

  @Option(
      names = "--build-peers",
      paramLabel = "PROGRAM",
      description = "What builds the peers in other languages; without it they are unknown.")
  private @Nullable Path buildPeers;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec mixee;

  /** Made by picocli. */
  RunOptions() {}

  /**
   * Returns who is measured, in the order in which they are shown, once they are built. Peers that
   * nobody has named are left out with a note when they cannot be.
   *
   * @param usual the names of those that are unless others are asked for; empty for all
   * @throws IllegalArgumentException when there is no such peer, or one that was asked for cannot
   *     be built for want of a tool chain; the message names it
   * @throws IOException when a build fails
   */
  List<PeerCommand> select(List<String> usual) throws IOException, InterruptedException {
    List<PeerCommand> selected = registry().select(peers.isEmpty() ? usual : peers);
    return buildPeers == null ? selected : built(new PeerBuilder(buildPeers), selected);
  }

  /**
   * Returns peers of these names, whether they are built or not.
   *
   * @throws IllegalArgumentException when there is no such peer; the message names it
   */
  List<PeerCommand> known(Collection<String> names) throws IOException {
    return names.isEmpty() ? List.of() : registry().select(names);
  }

  private PeerRegistry registry() throws IOException {
    PeerRegistry registry =
        PeerRegistry.ofThisModule(jdkProgram("java"), System.getProperty("java.class.path"));
    if (buildPeers != null) {
      registry.addForeign(new PeerBuilder(buildPeers).folder());
    }
    externals.forEach(text -> registry.add(PeerCommand.parse(text)));
    pairs.forEach(registry::addPair);
    return registry;
  }

  private List<PeerCommand> built(PeerBuilder builder, List<PeerCommand> selected)
      throws IOException, InterruptedException {
    Set<String> missing = builder.build(selected);
    List<PeerCommand> built = new ArrayList<>();
    for (PeerCommand peer : selected) {
      if (!missing.contains(String.valueOf(peer.language()))
          && !missing.contains(String.valueOf(peer.serving().language()))) {
        built.add(peer);
      } else if (peers.isEmpty()) {
        mixee.commandLine().getErr().println("left out, for it cannot be built: " + peer.name());
      } else {
        throw new IllegalArgumentException(
            "peer is '" + peer.name() + "', which cannot be built here");
      }
    }
    return built;
  }

  /**
   * Returns how often each peer has its turn.
   *
   * @param least how often it must have it at least
   * @throws IllegalArgumentException when less is asked for
   */
  int rounds(boolean isShort, int inShort, int least) {
    int times = rounds != null ? rounds : isShort ? inShort : DEFAULT_ROUNDS;
    if (times < least) {
      throw new IllegalArgumentException(
          "--rounds is " + times + ", must be " + least + " or more");
    }
    return times;
  }

  Measurer measurer(Place place) {
    return new Measurer(limitSeconds, jdkProgram("jcmd"), place);
  }

  SteadyMeasurer steadyMeasurer() throws InterruptedException {
    return new SteadyMeasurer(SteadyPlan.USUAL, limitSeconds, OwnLoopback.isPossible());
  }

  /** Returns a file for the figures that is named after the time. */
  Path resultFile() throws IOException {
    String begun = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString().replace(":", "");
    return Files.createDirectories(results).resolve(begun + ".jsonl");
  }

  private static Path jdkProgram(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name);
  }
}
