package io.picomux.reliability.attacks;

import io.picomux.core.MuxLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The program behind {@code scripts/attack}. */
@Command(
    name = "attack",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Attacks victims and prints what it did to them.",
      "",
      "Each attack runs by turns with the same bytes sent at the same times to a plain TCP sink,"
          + " while an honest neighbour does verified transfers and round trips in a session of its"
          + " own with the victim. What the neighbour keeps is its rate while attacked as a share of"
          + " its rate beside the sink, the median of all rounds; at least 90 %% is wanted.",
      "",
      "A Java victim is a JVM with -Xmx128m and every limit at its default; what it holds is its"
          + " live heap after a full collection. What a Rust peer holds is resident memory; one that"
          + " takes 1 GiB is stopped."
    },
    footer = {
      "",
      "Exit codes: 0 all Java victims held, 1 one did not, 2 the command line is wrong.",
      "",
      "Examples:",
      "  scripts/attack --attack ping-flood --seconds 5",
      "  scripts/attack --victim all --rounds 5 --markdown > attacks.md"
    })
public final class AttackProgram implements Callable<Integer> {
  @Option(
      names = "--attack",
      paramLabel = "NAME",
      description = "An attack; may be given often. Default: all. See --list.")
  private List<String> attacks = new ArrayList<>();

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "How long each attack lasts in each round; thorough: 60. Default: 10")
  private int seconds = 10;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "Rounds of each attack, after a first that warms up. Default: 3")
  private int rounds = 3;

  @Option(
      names = "--victim",
      paramLabel = "NAME",
      description = "java, rust-0.1.14, rust-0.3.3 or all; may be given often. Default: java")
  private List<String> victims = new ArrayList<>();

  @Option(
      names = "--opens-per-second",
      paramLabel = "N",
      description =
          "Streams that a Java victim lets a peer open in a second. Default: no bound, as in the"
              + " library.")
  private int opensPerSecond = MuxLimits.DEFAULT.maxStreamOpensPerSecond();

  @Option(names = "--markdown", description = "Print the table as Markdown.")
  private boolean markdown;

  @Option(names = "--list", description = "Print the attacks and end.")
  private boolean list;

  @Option(
      names = "--rust-peers",
      paramLabel = "DIR",
      description = "Where interop/build-peers has put its programs.")
  private Path rustPeers = Path.of("interop/target/rust/release");

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private AttackProgram() {}

  /** Runs the program. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new AttackProgram()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    if (list) {
      AttackCatalogue.ALL.forEach(attack ->
          System.out.printf("%2d  %-20s %s%n", attack.row(), attack.name(), attack.summary()));
      return 0;
    }
    if (opensPerSecond < 1) {
      throw wrong("--opens-per-second is " + opensPerSecond + ", must be 1 or more");
    }
    if (seconds < 1 || rounds < 1) {
      throw wrong(
          "--seconds is " + seconds + ", --rounds is " + rounds + "; both must be 1 or more");
    }
    List<SiegeResult> results = new ArrayList<>();
    List<Attack> chosen = chosenAttacks();
    List<String> against = chosenVictims();
    for (Attack attack : chosen) {
      for (String victim : against) {
        System.err.printf(
            "%s against %s: %d rounds of %d s, twice ...%n",
            attack.name(), victim, rounds, seconds);
        SiegeResult result = besiege(attack, victim);
        results.add(result);
        System.err.println("  " + String.join(" | ", SiegeTable.row(result)));
      }
    }
    System.out.print(SiegeTable.of(results, markdown));
    boolean held =
        results.stream()
            .filter(result -> result.victim().equals("java"))
            .allMatch(result -> result.failures().isEmpty());
    return held ? 0 : 1;
  }

  private List<Attack> chosenAttacks() {
    try {
      return attacks.isEmpty()
          ? AttackCatalogue.ALL
          : attacks.stream().map(AttackCatalogue::named).toList();
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private List<String> chosenVictims() {
    if (victims.contains("all")) {
      return List.of("java", "rust-0.1.14", "rust-0.3.3");
    }
    for (String victim : victims) {
      if (!victim.equals("java") && !victim.matches("rust-[0-9.]+")) {
        throw wrong("--victim is \"" + victim + "\", must be java, rust-VERSION or all");
      }
    }
    return victims.isEmpty() ? List.of("java") : victims;
  }

  private CommandLine.ParameterException wrong(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }

  private SiegeResult besiege(Attack attack, String name) throws Exception {
    Duration duration = Duration.ofSeconds(seconds);
    try (JavaVictim java = JavaVictim.start(opensPerSecond)) {
      if (name.equals("java")) {
        return new Siege(attack, java, java, duration).run(rounds);
      }
      try (RustVictim rust = startRust(name)) {
        return new Siege(attack, rust, java, duration).run(rounds);
      }
    }
  }

  private RustVictim startRust(String name) throws IOException {
    return RustVictim.start(name.substring("rust-".length()), rustPeers);
  }
}
